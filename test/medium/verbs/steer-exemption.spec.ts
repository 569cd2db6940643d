import { AdoptGateFence } from '../../../src/application/adopt-gate-fence.js';
import { ApproveRequest } from '../../../src/application/approve-request.js';
import { ConfirmViolation } from '../../../src/application/confirm-violation.js';
import { DismissViolation } from '../../../src/application/dismiss-violation.js';
import { EndOverdue } from '../../../src/application/end-overdue.js';
import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { FindSubscription } from '../../../src/application/queries/find-subscription.js';
import { ReviewExemption } from '../../../src/application/queries/review-exemption.js';
import { ReviewRequest } from '../../../src/application/queries/review-request.js';
import { RecordViolation } from '../../../src/application/record-violation.js';
import { ReinstateExemption } from '../../../src/application/reinstate-exemption.js';
import { RevokeExemption } from '../../../src/application/revoke-exemption.js';
import { SetRestartPlan } from '../../../src/application/set-restart-plan.js';
import { SuspendExemption } from '../../../src/application/suspend-exemption.js';
import type { ExemptionView } from '../../../src/application/views/exemption-view.js';
import type { Caller } from '../../../src/domain/access/actor.js';
import { systemActor } from '../../../src/domain/access/actor.js';
import { exemptionLifecycle } from '../../../src/domain/exemption/exemption.lifecycle.js';
import { gateLifecycle } from '../../../src/domain/gate/gate.lifecycle.js';
import { addDays } from '../../../src/domain/instants.js';
import type { SubscriptionFacts } from '../../../src/domain/subscription/subscription.js';
import { applyEvent } from '../../../src/application/apply-event.js';
import {
  analyst,
  approver,
  approver2,
  by,
  customer,
  operator,
  partner,
  partnerTenant,
  reviewer,
  strangerTenant,
} from './people.js';
import { createVerbWorld, csp, freeTrial, refusalOf, unheardOf, type VerbWorld } from './verb-world.js';

let world: VerbWorld;
let facts: SubscriptionFacts;
let id: string;
beforeEach(async () => {
  world = await createVerbWorld();
  facts = await world.register();
  const { exemption } = await world.approve(reviewer, await world.reviewed(facts));
  id = exemption?.id ?? '';
});
afterEach(() => world.close());

const ground = { reasonCode: 'terms-violated', violationId: null, internalReason: 'spam seen' };
const suspend = (actor: Caller, version: number, differs = {}) =>
  world
    .verb(SuspendExemption)
    .run(by(actor, version), { exemptionId: id, closeRunning: false, ...ground, ...differs });
const revoke = (actor: Caller, version: number, differs = {}) =>
  world.verb(RevokeExemption).run(by(actor, version), { exemptionId: id, ...ground, ...differs });
const reinstate = (actor: Caller, version: number) =>
  world.verb(ReinstateExemption).run(by(actor, version), { exemptionId: id, internalReason: 'a mistake' });
const seen = () => world.verb(FindExemption).run(by(customer), id);
const gate = () => world.unitOfWork.read({ actor: reviewer }, (tx) => tx.gates.find(facts.subscriptionId));
const port25 = async () =>
  (await world.verb(FindSubscription).run(by(customer), facts.subscriptionId)).port25;

describe('a suspension', () => {
  it('closes the gate with a later fence, and is undone by somebody else with a later one still', async () => {
    const suspended = await suspend(approver, 1);
    expect(suspended).toMatchObject({
      state: 'suspended',
      version: 2,
      fence: 2,
      internalReason: 'spam seen',
    });
    expect(await gate()).toMatchObject({ state: 'closing', fence: 2 });
    expect(await port25()).toBe('blocked');
    expect(await refusalOf(reinstate(approver, 2))).toEqual(['forbidden', 'reinstater-must-differ']);
    expect(await reinstate(approver2, 2)).toMatchObject({ state: 'enabling', fence: 3, suspension: null });
    expect(await gate()).toMatchObject({ state: 'opening', position: 'open', fence: 3 });
    expect(await port25()).toBe('restart-pending');
  });

  it('and a revocation and another suspension at once: one order of the gate wins each version (F16)', async () => {
    const all = await Promise.allSettled([suspend(analyst, 1), revoke(approver, 1), suspend(approver2, 1)]);
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of all)
      if (one.status === 'rejected')
        expect(await refusalOf(Promise.reject(one.reason as Error))).toEqual(['stale', 'stale-version']);
    expect((await gate())?.fence).toBe(2);
  });

  it('tells the requester why in their words, and keeps the internal reason', async () => {
    await suspend(analyst, 1);
    const view = await seen();
    expect(view.suspension?.reasons[0]?.code).toBe('terms-violated');
    expect(JSON.stringify(view)).not.toContain('spam seen');
  });
});

describe('a violation', () => {
  const record = () =>
    world.verb(RecordViolation).run(by(analyst), {
      exemptionId: id,
      kind: 'spam-complaint',
      description: 'unasked mail',
      evidence: [{ kind: 'complaint', at: world.clock.now(), text: 'Received: from mx1' }],
    });

  it('may be named once it is confirmed, and only in an act on its own exemption', async () => {
    const { id: violationId, evidence } = await record();
    expect(evidence).toMatchObject([{ kind: 'complaint', text: 'Received: from mx1' }]);
    const unconfirmed = revoke(approver, 1, { violationId });
    expect(await refusalOf(unconfirmed)).toEqual(['policy', 'violation-not-confirmed']);
    await world.verb(ConfirmViolation).run(by(analyst), { violationId, internalReason: 'seen it' });
    expect(await revoke(approver, 1, { violationId })).toMatchObject({ state: 'revoking', violationId });
  });

  it('is judged once', async () => {
    const { id: violationId } = await record();
    const judgement = { violationId, internalReason: 'a forgery' };
    expect((await world.verb(DismissViolation).run(by(analyst), judgement)).state).toBe('dismissed');
    const again = world.verb(ConfirmViolation).run(by(analyst), judgement);
    expect(await refusalOf(again)).toEqual(['final', 'already-dismissed']);
  });
});

describe('a revocation', () => {
  it('orders the gate closed, and leaves nothing to plan', async () => {
    expect(await refusalOf(revoke(approver, 1, { reasonCode: 'account-too-new' }))).toEqual([
      'policy',
      'reason-not-usable',
    ]);
    await revoke(approver, 1);
    expect(await gate()).toMatchObject({ state: 'closing', position: 'closed', fence: 2 });
    const plan = { mode: 'managed', window: null, maxUnavailable: 1, canary: true } as const;
    const attempt = world.verb(SetRestartPlan).run(by(customer), { exemptionId: id, plan });
    expect(await refusalOf(attempt)).toEqual(['conflict', 'plan-not-changeable']);
    expect(await refusalOf(suspend(analyst, 2))).toEqual(['conflict', 'not-possible-now']);
  });
});

describe('the reason of an end', () => {
  it.each(['offer-changed', 'policy-changed'])('is never "%s" where it did not', async (reasonCode) => {
    const contradicted = ['policy', 'reason-contradicted'];
    expect(await refusalOf(revoke(approver, 1, { reasonCode }))).toEqual(contradicted);
    expect(await refusalOf(suspend(approver, 1, { reasonCode }))).toEqual(contradicted);
    expect((await seen()).state).toBe('enabling');
  });

  it('may be that the offer changed, once it did', async () => {
    await world.register({ ...facts, offer: freeTrial });
    const { version } = await seen();
    expect(await refusalOf(revoke(approver, version, { reasonCode: 'policy-changed' }))).toEqual([
      'policy',
      'reason-contradicted',
    ]);
    const ended = await revoke(approver, version, { reasonCode: 'offer-changed' });
    expect(ended).toMatchObject({ state: 'revoking', revocation: { reasons: [{ code: 'offer-changed' }] } });
    // The wait begins when the last machine is closed, and nobody knows yet when that is.
    expect((await seen()).revocation?.reasons[0]?.nextStep).toContain(
      '180 days after the revocation is complete',
    );
  });
});

describe('a change of facts after the grant', () => {
  it.each([
    ['an offer that is never granted', { offer: freeTrial }, 'offer-changed'],
    ['an offer that somebody else would ask for', { offer: csp }, 'offer-changed'],
    ['another tenant', { tenantId: strangerTenant }, 'subscription-moved'],
  ])('to %s suspends by policy, and changing back reinstates nothing', async (_what, change, code) => {
    await world.register({ ...facts, ...change });
    const review = () => world.verb(ReviewExemption).run(by(approver), id);
    expect(await review()).toMatchObject({
      state: 'suspended',
      suspendedBy: { kind: 'policy' },
      suspension: { closeRunning: false, reasons: [{ code }] },
    });
    await world.register(facts);
    expect((await review()).state).toBe('suspended');
  });

  it('to an offer that nobody knows is a task for a human, and suspends nothing', async () => {
    await world.register({ ...facts, offer: unheardOf });
    const review = await world.verb(ReviewExemption).run(by(approver), id);
    expect([review.state, review.problem?.code]).toEqual(['enabling', 'offer-ambiguous']);
    expect(review.humanNeededSince).not.toBeNull();
    const { notes } = await world.verb(ReviewRequest).run(by(approver), review.requestId);
    expect(notes).toMatchObject([{ by: { kind: 'policy' } }]);
  });

  const pastDue = { paidInvoicesUsd: 0, firstInvoicePaidAt: null, pastDue: true };
  const codesOf = (view: { readonly suspension: ExemptionView['suspension'] }) =>
    view.suspension?.grounds.flatMap(({ reasons }) => reasons.map(({ code }) => code));

  it('while it is suspended is kept and told, and reinstating is judged by it (F27)', async () => {
    await suspend(approver, 1);
    await world.register({ ...facts, offer: freeTrial });
    await world.register({ ...facts, offer: freeTrial, state: 'Disabled' });
    await world.register({ ...facts, offer: freeTrial, state: 'Disabled', billing: pastDue });
    const kept = ['offer-changed', 'subscription-not-enabled', 'past-due'];
    expect([codesOf(await seen()), (await seen()).version]).toEqual([kept, 5]);
    // What is said again is not kept twice.
    await world.register({ ...facts, offer: freeTrial, state: 'Disabled', billing: pastDue });
    expect((await seen()).version).toBe(5);
    expect(await refusalOf(reinstate(approver2, 5))).toEqual([
      'policy',
      'offer-never-eligible',
      'subscription-not-enabled',
    ]);
    expect(await gate()).toMatchObject({ position: 'closed', fence: 2 });
    // Changed back it may be given back: by two, because policy would have suspended it meanwhile.
    await world.register(facts);
    expect(await reinstate(approver2, 5)).toMatchObject({ state: 'suspended', version: 6 });
  });

  it('of which policy suspends: two people reinstate, neither who the first was nor who suspended (I5)', async () => {
    await world.register({ ...facts, offer: freeTrial });
    await world.register(facts);
    const first = await reinstate(approver, 2);
    const word = { by: { objectId: approver.objectId }, at: world.clock.now() };
    expect(first).toMatchObject({ state: 'suspended', fence: 2, firstReinstatement: word });
    expect(await gate()).toMatchObject({ position: 'closed', fence: 2 });
    expect(await refusalOf(reinstate(approver, 3))).toEqual(['forbidden', 'second-reinstater-must-differ']);
    expect(await reinstate(approver2, 3)).toMatchObject({ state: 'enabling', fence: 3, suspension: null });
    expect(await gate()).toMatchObject({ position: 'open', fence: 3 });
  });

  it('after the first of two reinstated it asks the first again: they did not know of it (I5)', async () => {
    await world.register({ ...facts, offer: freeTrial });
    await world.register(facts);
    await reinstate(approver, 2);
    await world.register({ ...facts, billing: pastDue });
    const view = await reinstate(approver2, 4);
    expect(view).toMatchObject({
      state: 'suspended',
      firstReinstatement: { by: { objectId: approver2.objectId } },
    });
    expect(codesOf(view)).toEqual(['past-due']);
  });

  it('to another reseller suspends for good, under a code of its own (F27)', async () => {
    const sold = await world.register({ offer: csp, partnerTenantId: partnerTenant });
    await world.relate('active');
    const onBehalfOf = { customerTenantId: facts.tenantId, consent: null };
    const filed = await world.submit(partner, sold, { onBehalfOf });
    await world.runChecks();
    const { exemption } = await world.approve(reviewer, await world.find(customer, filed.id));
    id = exemption?.id ?? '';
    // Nobody that is registered sells it: not known to be another.
    await world.register({ ...sold, partnerTenantId: null });
    expect((await seen()).state).toBe('enabling');
    await world.register({ ...sold, partnerTenantId: strangerTenant });
    const view = await seen();
    expect([view.state, view.suspension?.reasons[0]?.code]).toEqual(['suspended', 'reseller-changed']);
    expect(await refusalOf(reinstate(approver, 2))).toEqual(['conflict', 'reseller-changed']);
  });

  it('of state and billing suspends nothing', async () => {
    await world.register({ ...facts, state: 'PastDue', billing: pastDue });
    expect((await seen()).state).toBe('enabling');
  });
});

describe('an end by date', () => {
  /** An exemption that reached its date, with a violation that was confirmed since. */
  const expiring = async () => {
    const other = await world.reviewed(await world.register());
    const expiresOn = addDays(world.clock.now(), 30);
    id = (await world.approve(reviewer, other, { expiresOn })).exemption?.id ?? '';
    facts = { ...facts, subscriptionId: other.subscriptionId };
    world.clock.pass(30);
    await world.verb(EndOverdue).run();
  };
  const confirmed = async () => {
    const evidence = [{ kind: 'complaint', at: world.clock.now(), text: 'Received: from mx1' }];
    const allegation = { exemptionId: id, kind: 'spam-complaint', description: 'unasked mail', evidence };
    const { id: violationId } = await world.verb(RecordViolation).run(by(analyst), allegation);
    await world.verb(ConfirmViolation).run(by(analyst), { violationId, internalReason: 'seen it' });
    return violationId;
  };
  /** A worker has seen the gate and every machine closed. */
  const closed = () =>
    world.unitOfWork.run({ actor: systemActor('test'), traceId: null }, async (tx) => {
      const context = { actor: systemActor('test'), now: world.clock.now() };
      const exemption = await tx.exemptions.lock({ kind: 'platform' }, id, context.now);
      if (exemption === null) throw new Error('no such exemption');
      const event = { type: 'closed', fence: exemption.fence } as const;
      await applyEvent(tx, exemptionLifecycle, exemption, id, event, context);
    });

  it('is turned into a revocation where a violation is confirmed meanwhile', async () => {
    await expiring();
    const revoked = await revoke(approver, 2, { violationId: await confirmed() });
    expect(revoked).toMatchObject({ state: 'revoking', fence: 3 });
    expect(await gate()).toMatchObject({ state: 'closing', position: 'closed', fence: 3 });
  });

  it('leaves no cooling-down by itself, and that of a revocation where a violation was confirmed', async () => {
    await expiring();
    await closed();
    expect((await world.submit(customer, facts)).state).toBe('checking');
    await expiring();
    await confirmed();
    world.clock.pass(1);
    await closed();
    expect(await refusalOf(world.submit(customer, facts))).toEqual(['policy', 'cooling-down']);
    world.clock.pass(179);
    expect(await refusalOf(world.submit(customer, facts))).toEqual(['policy', 'cooling-down']);
    world.clock.pass(1);
    expect((await world.submit(customer, facts)).state).toBe('checking');
  });

  it('closes the gate as a revocation does, without blame', async () => {
    const other = await world.reviewed(await world.register());
    const granted = await world.verb(ApproveRequest).run(by(reviewer, other.version), {
      requestId: other.id,
      reason: 'for a season',
      expiresOn: '2026-04-01T00:00:00.000Z',
      conditions: 'Receipts only.',
      acceptedUnknowns: [],
      replacesFirstTerms: null,
    });
    const find = () => world.verb(FindExemption).run(by(customer), granted.exemption?.id ?? '');
    expect((await find()).conditions).toBe('Receipts only.');
    world.clock.pass(31);
    expect((await world.verb(EndOverdue).run()).exemptions).toBe(1);
    expect(await find()).toMatchObject({ state: 'expiring', gate: { state: 'closing', fence: 2 } });
  });
});

describe('a gate that stands at a larger fence than ours', () => {
  it('opens by an Operator’s word only, one fence above theirs (F21)', async () => {
    const adopt = () =>
      world.verb(AdoptGateFence).run(by(operator), { subscriptionId: facts.subscriptionId });
    expect(await refusalOf(adopt())).toEqual(['conflict', 'gate-not-disputed']);
    const actor = systemActor('move-gate');
    await world.unitOfWork.run({ actor, traceId: null }, async (tx) => {
      const event = { type: 'disputed', fence: 1, theirFence: 9 } as const;
      const context = { actor, now: world.clock.now() };
      await applyEvent(
        tx,
        gateLifecycle,
        await tx.gates.lock(facts.subscriptionId),
        facts.subscriptionId,
        event,
        context,
      );
    });
    expect(await adopt()).toMatchObject({
      state: 'enabling',
      fence: 10,
      gate: { state: 'opening', fence: 10 },
    });
  });
});
