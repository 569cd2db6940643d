import { AskControlProof } from '../../../src/application/ask-control-proof.js';
import { CheckControlProof } from '../../../src/application/check-control-proof.js';
import { ListControlProofs } from '../../../src/application/queries/list-control-proofs.js';
import { ReviewRequest } from '../../../src/application/queries/review-request.js';
import { RecordEffectFailure } from '../../../src/application/record-effect-failure.js';
import type { ControlProofView } from '../../../src/application/views/control-proof-view.js';
import type { Caller } from '../../../src/domain/access/actor.js';
import type { SubscriptionFacts } from '../../../src/domain/subscription/subscription.js';
import {
  by,
  colleague,
  customer,
  customerTenant,
  partner,
  partnerTenant,
  reviewer,
  stranger,
} from './people.js';
import { createVerbWorld, csp, refusalOf, type VerbWorld } from './verb-world.js';

let world: VerbWorld;
beforeEach(async () => {
  world = await createVerbWorld();
  await world.relate('active');
});
afterEach(() => world.close());

async function resold(): Promise<SubscriptionFacts> {
  const facts = await world.register({ offer: csp, partnerTenantId: partnerTenant });
  world.cloud.createSubscription(facts.subscriptionId, { tenantId: customerTenant });
  return facts;
}
const ask = (actor: Caller, { subscriptionId }: SubscriptionFacts) =>
  world.verb(AskControlProof).run(by(actor), subscriptionId);
const proofs = async (actor: Caller, { subscriptionId }: SubscriptionFacts) =>
  (await world.verb(ListControlProofs).run(by(actor), subscriptionId, { after: null, limit: 10 })).items;
const states = async (actor: Caller, facts: SubscriptionFacts) =>
  (await proofs(actor, facts)).map(({ state, problem }) => [state, problem?.code]);

const tag = (facts: SubscriptionFacts, { tag: shown }: ControlProofView) =>
  world.cloud.setTags(facts.subscriptionId, shown === null ? {} : { [shown.name]: shown.value });

/** Carries out the looks that are due; how many there were. */
async function look(): Promise<number> {
  const due = await world.ledger.claimDue(100, world.clock.now());
  const looks = due.filter(({ type }) => type === 'check-control-proof');
  for (const { id, epoch } of looks) {
    const taken = await world.ledger.takeLease(id, epoch, 60_000);
    if (taken?.effect.effect.type === 'check-control-proof')
      await world.verb(CheckControlProof).run(taken.effect.effect, taken.lease);
  }
  return looks.length;
}

describe('a proof of control', () => {
  it('is given by a tag that is seen, however late within its time, and holds for a month', async () => {
    const facts = await resold();
    const asked = await ask(partner, facts);
    expect(asked).toMatchObject({ state: 'awaiting-tag', askedBy: 'you', checkedAt: null });
    expect(asked.tag?.value).toMatch(/^[\w-]{32}$/);
    await look();
    expect(await states(partner, facts)).toEqual([['awaiting-tag', 'tag-not-there']]);
    expect(await look()).toBe(0); // not at once
    tag(facts, asked);
    world.clock.pass(2);
    expect(await look()).toBe(1);
    const [proven] = await proofs(partner, facts);
    expect(proven).toMatchObject({ state: 'proven', tag: null, problem: null, provenAt: proven?.checkedAt });
    world.clock.pass(29);
    expect(await states(partner, facts)).toEqual([['proven', undefined]]);
    world.clock.pass(1);
    expect(await states(partner, facts)).toEqual([['expired', undefined]]);
    expect(await look()).toBe(0);
  });

  it('whose tag comes too late is expired, and looked for no more', async () => {
    const facts = await resold();
    const asked = await ask(partner, facts);
    await look();
    world.clock.pass(3);
    tag(facts, asked);
    expect(await look()).toBe(1);
    expect(await states(partner, facts)).toEqual([['expired', 'tag-not-there']]);
    world.clock.pass(1);
    expect(await look()).toBe(0);
  });

  it('proves nothing by a nonce of another proof, of the same subscription or another one', async () => {
    const [one, other] = [await resold(), await resold()];
    const first = await ask(partner, one);
    const second = await ask(partner, other);
    const third = await ask(customer, one);
    for (const wrong of [second, third]) {
      world.cloud.setTags(one.subscriptionId, { [first.tag?.name ?? '']: wrong.tag?.value ?? '' });
      await look();
      world.clock.pass(0.1);
    }
    expect(await states(partner, one)).toEqual([['awaiting-tag', 'tag-differs']]);
    const values = [first, second, third].map(({ tag: shown }) => shown?.value);
    expect(new Set(values).size).toBe(3);
  });

  it('fails in words where the cloud names another tenant, and concludes nothing from silence (I17)', async () => {
    const facts = await resold();
    await ask(partner, facts);
    world.cloud.answerWrongly('readSubscription', {
      kind: 'unavailable',
      code: 'http-429',
      retryAfterSeconds: 3_600,
    });
    await look();
    expect(await states(partner, facts)).toEqual([['awaiting-tag', 'cloud-silent']]);
    world.clock.pass(0.04); // 58 minutes: the cloud asked for an hour
    expect(await look()).toBe(0);
    world.cloud.createSubscription(facts.subscriptionId, { tenantId: partnerTenant });
    world.clock.pass(0.01);
    await look();
    expect(await states(partner, facts)).toEqual([['failed', 'cloud-tenant-differs']]);
    expect((await proofs(partner, facts))[0]?.problem?.message).toMatch(/another tenant/);
  });

  it('whose look gives up says so, and a new one may be asked for (I13)', async () => {
    const facts = await resold();
    await ask(partner, facts);
    const [claimed] = (await world.ledger.claimDue(10, world.clock.now())).filter(
      ({ type }) => type === 'check-control-proof',
    );
    const taken = await world.ledger.takeLease(claimed?.id ?? '', claimed?.epoch ?? 0, 60_000);
    if (taken === null) throw new Error('nothing to give up');
    await world.verb(RecordEffectFailure).run(taken.effect);
    expect(await states(partner, facts)).toEqual([['failed', 'look-given-up']]);
    world.clock.pass(0.01);
    await ask(partner, facts);
    expect((await states(partner, facts)).map(([state]) => state)).toEqual(['awaiting-tag', 'failed']);
  });

  it('is asked for one at a time, and by nobody out of scope (I12)', async () => {
    const facts = await resold();
    await ask(partner, facts);
    expect(await refusalOf(ask(partner, facts))).toEqual(['conflict', 'control-proof-open']);
    world.clock.pass(0.01);
    await ask(colleague, facts);
    expect(await refusalOf(ask(customer, facts))).toEqual(['conflict', 'control-proof-open']);
    expect(await refusalOf(ask(stranger, facts))).toEqual(['not-found', 'not-found']);
    expect((await proofs(partner, facts)).map(({ askedBy }) => askedBy)).toEqual(['you']);
    expect((await proofs(customer, facts)).map(({ askedBy }) => askedBy)).toEqual(['you', 'partner']);
    expect((await proofs(reviewer, facts)).map(({ tag: shown }) => shown)).toEqual([null, null]);
    await world.relate('terminated');
    expect(await refusalOf(ask(partner, facts))).toEqual(['not-found', 'not-found']);
    expect(await refusalOf(proofs(partner, facts))).toEqual(['not-found', 'not-found']);
    expect(await proofs(customer, facts)).toHaveLength(2);
  });
});

describe('what a proof means to a request', () => {
  const filed = async (facts: SubscriptionFacts) => {
    const onBehalfOf = { customerTenantId: customerTenant, consent: null };
    const { id } = await world.submit(partner, facts, { onBehalfOf });
    await world.runChecks();
    return world.verb(ReviewRequest).run(by(reviewer), id);
  };
  const findingIn = (review: Awaited<ReturnType<typeof filed>>) =>
    review.findings.find(({ check }) => check === 'control-not-proven');

  it('is a finding where a partner has shown none, and never a refusal (I17)', async () => {
    const review = await filed(await resold());
    expect(findingIn(review)).toMatchObject({ outcome: 'unknown', value: 'not-proven' });
    expect([review.state, review.verdict, review.controlProof]).toEqual(['reviewing', 'doubtful', null]);
  });

  it('is clear where one holds, and the engineer’s page shows it without its secret', async () => {
    const facts = await resold();
    const asked = await ask(partner, facts);
    tag(facts, asked);
    await look();
    const review = await filed(facts);
    expect(findingIn(review)).toMatchObject({ outcome: 'pass', value: 'proven' });
    expect([review.verdict, review.controlProof?.state]).toEqual(['clear', 'proven']);
    expect(JSON.stringify(review)).not.toContain(asked.tag?.value);
  });

  it('is clear for a customer, whose tenant is the subscription’s', async () => {
    const request = await world.reviewed(await world.register());
    const review = await world.verb(ReviewRequest).run(by(reviewer), request.id);
    expect(findingIn(review)).toMatchObject({ outcome: 'pass', value: 'own-tenant' });
    expect(review.verdict).toBe('clear');
  });
});
