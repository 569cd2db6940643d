import { ExplainEligibility } from '../../../src/application/explain-eligibility.js';
import { FindSubscription } from '../../../src/application/queries/find-subscription.js';
import { ListExemptions } from '../../../src/application/queries/list-exemptions.js';
import { ListRequests } from '../../../src/application/queries/list-requests.js';
import { ListSubscriptions } from '../../../src/application/queries/list-subscriptions.js';
import { RequestHistoryQuery } from '../../../src/application/queries/request-history.js';
import { WithdrawRequest } from '../../../src/application/withdraw-request.js';
import type { Caller } from '../../../src/domain/access/actor.js';
import {
  by,
  customer,
  customerTenant,
  partner,
  partnerTenant,
  reviewer,
  stranger,
  strangerTenant,
} from './people.js';
import { createVerbWorld, csp, freeTrial, refusalOf, unheardOf, type VerbWorld } from './verb-world.js';

let world: VerbWorld;
beforeEach(async () => {
  world = await createVerbWorld();
});
afterEach(() => world.close());

const all = { state: null, status: null, subscriptionId: null, customerTenantId: null, createdAfter: null };
const listed = async (actor: Caller, query: object = {}) => {
  const page = { after: null, limit: 50 };
  return (await world.verb(ListRequests).run(by(actor), { ...all, ...query }, page)).items.map(
    ({ id }) => id,
  );
};

describe('requests', () => {
  it('are listed to their own side only, a partner’s to it while it is related (I12)', async () => {
    await world.relate('active');
    const own = await world.submit(customer, await world.register());
    const resold = await world.register({ offer: csp, partnerTenantId: partnerTenant });
    const onBehalfOf = { customerTenantId: customerTenant, consent: null };
    const filed = await world.submit(partner, resold, { onBehalfOf });
    expect((await listed(customer)).toSorted()).toEqual([own.id, filed.id].toSorted());
    expect(await listed(partner)).toEqual([filed.id]);
    expect(await listed(stranger)).toEqual([]);
    expect(await refusalOf(world.find(partner, own.id))).toEqual(['not-found', 'not-found']);
    await world.relate('suspended');
    expect(await listed(partner)).toEqual([]);
  });

  it('are found by a status that is nowhere stored', async () => {
    const granted = await world.reviewed(await world.register());
    await world.approve(reviewer, granted);
    const waiting = await world.reviewed(await world.register());
    expect(await listed(customer, { status: 'awaiting-restart' })).toEqual([granted.id]);
    expect(await listed(customer, { status: 'in-review' })).toEqual([waiting.id]);
    expect(await listed(customer, { status: 'in-review', state: 'approved' })).toEqual([]);
    const page = { after: null, limit: 10 };
    const query = { states: null, subscriptionId: null, needsHuman: null };
    const exemptions = await world.verb(ListExemptions).run(by(reviewer), query, page);
    expect(exemptions.items.map(({ requestId }) => requestId)).toEqual([granted.id]);
  });

  it('tell their history in the reader’s words, and who did what as they see it', async () => {
    await world.relate('active');
    const facts = await world.register({ offer: csp, partnerTenantId: partnerTenant });
    const onBehalfOf = { customerTenantId: customerTenant, consent: null };
    const { id } = await world.submit(partner, facts, { onBehalfOf });
    await world.verb(WithdrawRequest).run(by(customer), { requestId: id, reason: 'we use a relay now' });
    const toldTo = async (actor: Caller) =>
      (await world.verb(RequestHistoryQuery).run(by(actor), id, 0, 10)).items.map(
        ({ sequence, event, by: who }) => [sequence, event, who],
      );
    expect(await toldTo(customer)).toEqual([
      [1, 'submitted', 'partner'],
      [2, 'withdrawn', 'you'],
    ]);
    expect(await toldTo(partner)).toEqual([
      [1, 'submitted', 'you'],
      [2, 'withdrawn', 'customer'],
    ]);
    const after = await world.verb(RequestHistoryQuery).run(by(customer), id, 1, 10);
    expect(after.items.map(({ event }) => event)).toEqual(['withdrawn']);
  });
});

describe('subscriptions', () => {
  it('say what port 25 is like, and page by page', async () => {
    const states = [
      await world.register({ createdAt: '2016-06-01T00:00:00.000Z' }),
      await world.register(),
      await world.register({ offer: unheardOf }),
    ];
    const find = world.verb(FindSubscription);
    const port25 = await Promise.all(
      states.map(async ({ subscriptionId }) => (await find.run(by(customer), subscriptionId)).port25),
    );
    expect(port25).toEqual(['open', 'blocked', 'unknown']);
    const list = world.verb(ListSubscriptions);
    const first = await list.run(by(customer), { after: null, limit: 2 });
    const second = await list.run(by(customer), { after: first.next, limit: 2 });
    expect([...first.items, ...second.items].map(({ subscriptionId }) => subscriptionId).toSorted()).toEqual(
      states.map(({ subscriptionId }) => subscriptionId).toSorted(),
    );
    expect(second.next).toBeNull();
  });

  it('link only to what the reader may see, and do not tell a partner who else sells', async () => {
    await world.relate('active');
    const facts = await world.register({ partnerTenantId: strangerTenant });
    const { id } = await world.submit(customer, facts);
    const find = world.verb(FindSubscription);
    const links = (await find.run(by(customer), facts.subscriptionId)).links;
    expect(links.liveRequest).toBe(`/v1/exemption-requests/${id}`);
    const toPartner = await find.run(by(partner), facts.subscriptionId);
    expect([toPartner.links.liveRequest, toPartner.partnerTenantId]).toEqual([null, null]);
    expect(await refusalOf(find.run(by(stranger), facts.subscriptionId))).toEqual(['not-found', 'not-found']);
  });
});

describe('eligibility', () => {
  const explain = (
    actor: Caller,
    about: Parameters<ExplainEligibility['run']>[1]['about'],
    pack: string | null = null,
  ) => world.verb(ExplainEligibility).run(by(actor), { about, pack, asOf: null });

  it('of a registered subscription counts who asks and what is remembered', async () => {
    const facts = await world.register({ offer: csp, partnerTenantId: partnerTenant });
    const { subscriptionId } = facts;
    const answer = await explain(customer, { subscriptionId, restart: {} });
    expect([answer.outcome, answer.requester]).toEqual(['partner-only', 'partner']);
    expect(answer.reasons.map(({ code }) => code)).toEqual(['partner-asks', 'partner-must-request']);
    expect(await refusalOf(explain(stranger, { subscriptionId, restart: {} }))).toEqual([
      'not-found',
      'not-found',
    ]);
  });

  it('of bare facts needs no registration, under any pack there is', async () => {
    const bare = { createdAt: '2024-01-01T00:00:00.000Z', state: null, partnerTenantId: null, billing: null };
    const never = await explain(stranger, { facts: { ...bare, offer: freeTrial } });
    expect([never.outcome, never.pack, never.requester]).toEqual(['never', 'P3', null]);
    expect(never.nextSteps.join()).toMatch(/587/);
    expect((await explain(stranger, { facts: { ...bare, offer: csp } }, 'p8')).outcome).toBe('never');
    const nowhere = explain(stranger, { facts: { ...bare, offer: csp } }, 'P11');
    expect(await refusalOf(nowhere)).toEqual(['invalid', 'unknown-pack']);
  });
});
