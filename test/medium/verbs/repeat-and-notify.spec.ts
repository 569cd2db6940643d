import type { Call } from '../../../src/application/call.js';
import { SendNotification } from '../../../src/application/send-notification.js';
import { SubmitRequest } from '../../../src/application/submit-request.js';
import type { Caller } from '../../../src/domain/access/actor.js';
import { systemActor } from '../../../src/domain/access/actor.js';
import { Outbox } from '../../../src/domain/ports/outbox.examples.js';
import { AnswerReplayed } from '../../../src/domain/ports/unit-of-work.js';
import { by, customer, customerTenant, partner, partnerTenant } from './people.js';
import { aRequest, createVerbWorld, csp, refusalOf, type VerbWorld } from './verb-world.js';

let world: VerbWorld;
beforeAll(async () => {
  world = await createVerbWorld();
});
afterAll(() => world.close());

const withKey = (actor: Caller, key: string): Call => ({
  ...by(actor),
  idempotency: {
    key,
    method: 'POST',
    path: '/v1/exemption-requests',
    bodyHash: 'ab'.repeat(32),
    render: (body) => ({ status: 201, headers: {}, body }),
    renderRefusal: () => null,
  },
});

describe('a submit that is repeated with its key', () => {
  it('gets the same answer, and files nothing twice (I11)', async () => {
    const { subscriptionId } = await world.register();
    const file = () =>
      world.verb(SubmitRequest).run(withKey(customer, 'one'), { ...aRequest, subscriptionId });
    const first = await file();
    const [second] = await Promise.allSettled([file()]);
    const error: unknown = second.status === 'rejected' ? second.reason : null;
    expect(error).toBeInstanceOf(AnswerReplayed);
    expect(error instanceof AnswerReplayed && error.answer).toMatchObject({
      status: 201,
      body: { id: first.id },
    });
  });

  it('is 404 once its caller lost sight of the subscription (I12)', async () => {
    await world.relate('active');
    const { subscriptionId } = await world.register({ offer: csp, partnerTenantId: partnerTenant });
    const onBehalfOf = { customerTenantId: customerTenant, consent: null };
    const command = { ...aRequest, subscriptionId, onBehalfOf };
    const file = () => world.verb(SubmitRequest).run(withKey(partner, 'two'), command);
    await file();
    await world.relate('terminated');
    expect(await refusalOf(file())).toEqual(['not-found', 'not-found']);
  });
});

describe('a notification', () => {
  it('is one mail to the contact, in words made for them, recognisable when it is repeated', async () => {
    const { id } = await world.submit(customer, await world.register());
    const effect = { type: 'send-notification', requestId: id, sequence: 1 } as const;
    await world.unitOfWork.run({ actor: systemActor('test'), traceId: null }, (tx) =>
      tx.effects.add([effect]),
    );
    const claimed = await world.ledger.claimDue(500, world.clock.now());
    const queued = claimed.find(({ type }) => type === 'send-notification');
    const taken = queued === undefined ? null : await world.ledger.takeLease(queued.id, queued.epoch, 60_000);
    if (taken === null) throw new Error('no mail was queued');
    const outbox = new Outbox();
    await new SendNotification(world.unitOfWork, outbox).run(effect, taken.lease);
    expect(outbox.mails).toMatchObject([{ to: 'ops@example.com', messageKey: `${id}/1` }]);
    expect(outbox.mails[0]?.text).toContain('The request was filed.');
  });
});
