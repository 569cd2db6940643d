import { randomUUID } from 'node:crypto';
import type { Call } from '../../../src/application/call.js';
import { SendNotification } from '../../../src/application/send-notification.js';
import { SubmitRequest } from '../../../src/application/submit-request.js';
import type { Caller } from '../../../src/domain/access/actor.js';
import { systemActor } from '../../../src/domain/access/actor.js';
import { Outbox } from '../../../src/domain/ports/outbox.examples.js';
import { effectTypes } from '../../../src/jobs/queues.js';
import { AnswerReplayed } from '../../../src/domain/ports/unit-of-work.js';
import { by, customer, customerTenant, operator, partner, partnerTenant } from './people.js';
import { aRequest, createVerbWorld, csp, refusalOf, settingsFor, type VerbWorld } from './verb-world.js';

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
  const outbox = new Outbox();
  beforeEach(() => outbox.mails.splice(0));

  /** Asks for mails, and carries out all that is due of them. */
  async function mailed(...wanted: readonly { readonly requestId: string; readonly sequence: number }[]) {
    await world.unitOfWork.run({ actor: systemActor('test'), traceId: null }, (tx) =>
      tx.effects.add(wanted.map((one) => ({ type: 'send-notification', ...one }) as const)),
    );
    const others = effectTypes.filter((type) => type !== 'send-notification');
    for (;;) {
      const claimed = await world.ledger.claimDue(500, world.clock.now(), { passedOver: others });
      if (claimed.length === 0) return;
      for (const { id, epoch } of claimed) {
        const taken = await world.ledger.takeLease(id, epoch, 60_000);
        if (taken?.effect.effect.type !== 'send-notification') throw new Error('no mail was queued');
        const { clock, unitOfWork } = world;
        await new SendNotification(unitOfWork, outbox, clock, settingsFor('P3')).run(
          taken.effect.effect,
          taken.lease,
        );
      }
    }
  }
  const filedBy = async (email: string) => {
    const facts = await world.register();
    const contact = { ...aRequest.contact, email };
    const { id } = await world.submit(customer, facts, { contact });
    return id;
  };

  it('is one mail to the contact, in words made for them, recognisable when it is repeated', async () => {
    const { id } = await world.submit(customer, await world.register());
    await mailed({ requestId: id, sequence: 1 });
    expect(outbox.mails).toMatchObject([{ to: 'ops@example.com', messageKey: `${id}/1` }]);
    expect(outbox.mails[0]?.text).toContain('The request was filed.');
  });

  it('goes to an address that nobody proved a few times a day; the rest is one digest when the day is over (I16)', async () => {
    const victim = 'victim@elsewhere.example';
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) ids.push(await filedBy(victim));
    await mailed(...ids.map((requestId) => ({ requestId, sequence: 1 })));
    expect(outbox.mails.map(({ to }) => to)).toEqual(Array<string>(6).fill(victim));
    // Somebody else is mailed as ever.
    const neighbour = await filedBy('neighbour@elsewhere.example');
    await mailed({ requestId: neighbour, sequence: 1 });
    expect(outbox.mails.at(-1)?.to).toBe('neighbour@elsewhere.example');
    outbox.mails.splice(0);

    world.clock.passMs(86_400_000);
    await mailed();
    expect(outbox.mails).toHaveLength(1);
    const [digest] = outbox.mails;
    expect(digest).toMatchObject({ to: victim, subject: 'Outbound port 25: 6 further messages' });
    expect(digest?.text).toContain('The request was filed.');
    expect(digest?.text.match(/\/history/g)).toHaveLength(6);
    await mailed();
    expect(outbox.mails).toHaveLength(1);
    // A new day, a new share.
    await mailed({ requestId: ids[0] ?? '', sequence: 1 });
    expect(outbox.mails).toHaveLength(2);
  });

  it('about one subscription goes out a few times a day, whoever the contact is (I16)', async () => {
    const requestId = await filedBy('one@elsewhere.example');
    for (let count = 0; count < 10; count += 1) await mailed({ requestId, sequence: 1 });
    expect(outbox.mails).toHaveLength(4);
  });

  it('that the relay does not take costs nothing of the share', async () => {
    const requestId = await filedBy('two@elsewhere.example');
    const refusing = new (class extends Outbox {
      override send(): Promise<void> {
        return Promise.reject(new Error('the relay is away'));
      }
    })();
    const { clock, unitOfWork } = world;
    const sends = new SendNotification(unitOfWork, refusing, clock, settingsFor('P3'));
    const lease = { effectId: randomUUID(), token: randomUUID(), isHeld: () => true };
    for (let count = 0; count < 10; count += 1)
      await expect(sends.run({ type: 'send-notification', requestId, sequence: 1 }, lease)).rejects.toThrow(
        'the relay is away',
      );
    await mailed({ requestId, sequence: 1 });
    expect(outbox.mails).toHaveLength(1);
  });

  it('in a digest goes to nobody whose address was erased (I15)', async () => {
    const address = 'gone@elsewhere.example';
    const ids: string[] = [];
    for (let count = 0; count < 8; count += 1) ids.push(await filedBy(address));
    await mailed(...ids.map((requestId) => ({ requestId, sequence: 1 })));
    expect(outbox.mails).toHaveLength(6);
    await world.unitOfWork.run(by(operator), (tx) => tx.people.eraseContact(address));
    world.clock.passMs(86_400_000);
    await mailed();
    expect(outbox.mails.filter(({ to }) => to === address)).toHaveLength(6);
  });
});
