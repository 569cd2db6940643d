import { DenyRequest } from '../../../src/application/deny-request.js';
import { RegisterSubscription } from '../../../src/application/register-subscription.js';
import { RegisterTenant } from '../../../src/application/register-tenant.js';
import type { Caller } from '../../../src/domain/access/actor.js';
import type { SubscriptionFacts } from '../../../src/domain/subscription/subscription.js';
import { namedAfter } from '../../support/bent-database.js';
import { by, customerTenant, operator, reviewer, reviewer2 } from './people.js';
import { createVerbWorld, freeTrial, refusalOf, type VerbWorld } from './verb-world.js';

let world: VerbWorld;
beforeAll(async () => {
  world = await createVerbWorld();
});
afterAll(() => world.close());

/** One person with two roles, and the feed. */
const both: Caller = { ...reviewer, roles: ['Operator', 'Reviewer'] };
const feed: Caller = {
  ...operator,
  objectId: '10000000-0000-4000-8000-000000000099',
  roles: ['Ingest'],
  appOnly: true,
};
const registers = (who: Caller, facts: SubscriptionFacts, differs: Partial<SubscriptionFacts> = {}) =>
  world.verb(RegisterSubscription).run(by(who), { ...facts, ...differs });
const refused = ['forbidden', 'decider-registered-facts'];

describe('who registered the facts that a decision rests on', () => {
  it('decides nothing by them: Free Trial is not made pay-as-you-go and approved by one person (I5)', async () => {
    const facts = await world.register({ offer: freeTrial });
    await registers(both, facts, { offer: { ...freeTrial, quotaId: 'PayAsYouGo_2014-09-01' } });
    const request = await world.reviewed(facts);
    expect(await refusalOf(world.approve(both, request))).toEqual(refused);
    const denial = { reasonCode: 'trust-review-declined', internalReason: 'no', applyAgainOn: null };
    const denied = world
      .verb(DenyRequest)
      .run(by(both, request.version), { requestId: request.id, ...denial });
    expect(await refusalOf(denied)).toEqual(refused);
    expect((await world.approve(reviewer2, request)).state).toBe('approved');
  });

  it('is who changed one since the request was filed, also where the feed has said them again (I5)', async () => {
    const facts = await world.register();
    const request = await world.reviewed(facts);
    await registers(both, facts, { billing: { ...facts.billing, paidInvoicesUsd: 9_000 } });
    await registers(feed, facts);
    expect(await refusalOf(world.approve(both, request))).toEqual(refused);
    expect((await world.approve(reviewer2, request)).state).toBe('approved');
  });

  it('is nobody any more once somebody else registered all of them before the request was filed', async () => {
    const facts = await world.register();
    await registers(both, facts);
    world.clock.passMs(1_000);
    await registers(feed, facts);
    world.clock.passMs(1_000);
    const request = await world.reviewed(facts);
    expect((await world.approve(both, request)).state).toBe('approved');
  });

  it('is who said what kind of tenant it is', async () => {
    const request = await world.reviewed(await world.register());
    const tenant = { tenantId: customerTenant, kind: 'customer', name: 'Contoso' } as const;
    await world.verb(RegisterTenant).run(by(both), tenant);
    expect(await refusalOf(world.approve(both, request))).toEqual(refused);
    await world.verb(RegisterTenant).run(by(operator), tenant);
    expect((await world.approve(both, request)).state).toBe('approved');
  });
});

it('npm run verify names a decision by who registered its facts (I5)', async () => {
  const facts = await world.register();
  const request = await world.reviewed(facts);
  await world.approve(reviewer2, request);
  expect(await namedAfter(world.ownerUrl)).toEqual([]);
  const sentence = `I5 request ${request.id} was decided at version 3 by who registered facts of its subscription`;
  const person = `(SELECT commitment FROM people WHERE object_id = '${reviewer2.objectId}')`;
  const bent = `UPDATE registrations SET person = ${person} WHERE subject_id = $1`;
  expect(await namedAfter(world.ownerUrl, [bent, facts.subscriptionId])).toContain(sentence);
  const erased = `UPDATE history SET actor = jsonb_set(actor, '{objectId}', to_jsonb('erased-' || left(${person}, 32)))
    WHERE aggregate_id = $1 AND version = 3`;
  const both = await namedAfter(world.ownerUrl, [bent, facts.subscriptionId], [erased, request.id]);
  expect(both).toContain(sentence);
});
