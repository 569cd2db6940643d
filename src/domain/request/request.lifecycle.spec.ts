import type { Actor, Caller, Role } from '../access/actor.js';
import { addMilliseconds } from '../instants.js';
import { decide } from '../lifecycle.js';
import type { Decision } from '../lifecycle-table.js';
import { defaultRestartPlan } from '../enforcement/restart-plan.js';
import type { RequestApproved, RequestEvent } from './request-events.js';
import { requestLifecycle } from './request.lifecycle.js';
import type { ExemptionRequest } from './request.js';

const now = '2026-01-10T12:00:00.000Z';
const id = '40000000-0000-4000-8000-000000000001';

const person = (objectId: string, tenantKind: Caller['tenantKind'], ...roles: Role[]): Caller => ({
  kind: 'caller',
  tenantKind,
  tenantId: `tenant-${tenantKind}`,
  objectId,
  roles,
  appOnly: false,
});
const filer = person('filer', 'customer', 'Requester');
const reviewer = person('reviewer', 'platform', 'Reviewer');
const approver = person('approver', 'platform', 'Approver');
const worker: Actor = { kind: 'system', name: 'run-fraud-check' };

const submitted: RequestEvent = {
  type: 'submitted',
  subscriptionId: 's',
  tenantId: 'tenant-customer',
  classification: 'technical/virtual-network/connectivity/cannot-send-email',
  pack: 'P3',
  relayCannotBeUsed: true,
  dailyVolume: 4_000,
  restartPlan: defaultRestartPlan,
  reviewDueAt: addMilliseconds(now, 172_800_000),
  round: 1,
  checks: ['young-subscription', 'request-burst'],
  dueAt: addMilliseconds(now, 600_000),
};
const approved: RequestApproved = {
  type: 'approved',
  reasonTextId: 'text',
  conditionsTextId: null,
  expiresOn: null,
  acceptedUnknowns: [],
  exemptionId: 'exemption',
  secondApprovalAbove: 10_000,
  policyRulesVersion: '1',
};
const ended = (verdict: 'clear' | 'doubtful' | 'hostile', differs: object = {}): RequestEvent => ({
  type: 'checksEnded',
  round: 1,
  verdict,
  grantsByRule: false,
  exemptionId: 'exemption',
  policyRulesVersion: '1',
  ...differs,
});

const ask = (
  current: ExemptionRequest | null,
  event: RequestEvent,
  actor: Actor,
  at = now,
): Decision<ExemptionRequest, RequestEvent> =>
  decide(requestLifecycle, current, id, event, { actor, now: at });

function after(...steps: readonly (readonly [RequestEvent, Actor, string?])[]): ExemptionRequest {
  let current: ExemptionRequest | null = null;
  for (const [event, actor, at] of steps) {
    const decision = ask(current, event, actor, at);
    if (decision.kind !== 'accepted') throw new Error(`${event.type} was ${JSON.stringify(decision)}`);
    current = decision.next;
  }
  if (current === null) throw new Error('nothing happened');
  return current;
}
const codes = (decision: Decision<ExemptionRequest, RequestEvent>) =>
  decision.kind === 'refused' ? decision.refusals.map(({ code }) => code) : decision.kind;

const reviewing = (verdict: 'clear' | 'doubtful' | 'hostile' = 'clear') =>
  after([submitted, filer], [ended(verdict), worker]);

describe('a request', () => {
  it('asks for one queued check each, and for a look at its machines, when it is submitted', () => {
    const decision = ask(null, submitted, filer);
    expect(decision.kind === 'accepted' && decision.effects).toEqual([
      { type: 'run-fraud-check', requestId: id, round: 1, check: 'young-subscription' },
      { type: 'run-fraud-check', requestId: id, round: 1, check: 'request-burst' },
      { type: 'preview-restarts', requestId: id },
    ]);
  });

  it('is reviewed by a human whatever the verdict, unless its pack grants by rule and the verdict is clear (I5, I17)', () => {
    expect(reviewing('clear').state).toBe('reviewing');
    expect(
      after([submitted, filer], [ended('doubtful', { grantsByRule: true }), { kind: 'policy' }]).state,
    ).toBe('reviewing');
    const granted = after([submitted, filer], [ended('clear', { grantsByRule: true }), { kind: 'policy' }]);
    expect([granted.state, granted.decision?.by.kind]).toEqual(['approved', 'policy']);
  });

  it('ends a round once: the second end of the same round is silence, one of an old round a conflict', () => {
    expect(ask(reviewing(), ended('clear'), worker).kind).toBe('unchanged');
    expect(codes(ask(after([submitted, filer]), ended('clear', { round: 2 }), worker))).toEqual([
      'round-superseded',
    ]);
  });

  it('cannot be decided by who filed it, nor by its requester’s side (I5)', () => {
    const mine = {
      ...reviewing(),
      filedBy: { kind: 'platform', tenantId: 'tenant-platform', objectId: 'reviewer', name: null } as const,
    };
    expect(codes(ask(mine, approved, reviewer))).toEqual(['decider-filed-it']);
    expect(codes(ask(reviewing(), approved, filer))).toEqual(['not-for-this-party']);
  });

  it('is approved by one reviewer, where nothing asks for more', () => {
    expect(after([submitted, filer], [ended('doubtful'), worker], [approved, reviewer]).state).toBe(
      'approved',
    );
  });

  it.each([
    ['a hostile verdict', reviewing('hostile'), approved],
    ['a volume above the limit', reviewing(), { ...approved, secondApprovalAbove: 3_999 }],
  ] as const)(
    'needs a second pair of eyes for %s: an Approver’s, and not the first one’s (I5)',
    (_name, request, event) => {
      const first = ask(request, event, approver);
      if (first.kind !== 'accepted') throw new Error('the first approval was refused');
      expect(first.next.state).toBe('second-reviewing');
      expect(codes(ask(first.next, event, approver))).toEqual(['second-reviewer-must-differ']);
      expect(codes(ask(first.next, event, reviewer))).toEqual(['second-approval-needs-approver']);
      const second = ask(first.next, event, person('approver2', 'platform', 'Approver'));
      expect(second.kind === 'accepted' && second.next.state).toBe('approved');
    },
  );

  it('tells all that stands against a second approval at once, not the first only', () => {
    const first = ask(reviewing('hostile'), approved, reviewer);
    if (first.kind !== 'accepted') throw new Error('the first approval was refused');
    expect(codes(ask(first.next, approved, reviewer))).toEqual([
      'second-approval-needs-approver',
      'second-reviewer-must-differ',
    ]);
  });

  it('is not denied with the code of a check that could not look (I17)', () => {
    const denied = {
      type: 'denied',
      reasonCode: 'address-reputation',
      reasonTextId: 't',
      applyAgainOn: null,
      policyRulesVersion: '1',
    } as const;
    expect(codes(ask(reviewing(), { ...denied, couldNotLook: ['ip-on-blocklist'] }, reviewer))).toEqual([
      'check-could-not-look',
    ]);
    expect(ask(reviewing(), { ...denied, couldNotLook: [] }, reviewer).kind).toBe('accepted');
  });

  it('stops its review clock while it waits for information', () => {
    const asked: RequestEvent = {
      type: 'informationRequested',
      questionTextId: 'q',
      fields: [],
      answerBy: addMilliseconds(now, 1_209_600_000),
    };
    const given: RequestEvent = {
      type: 'informationGiven',
      answerTextId: 'a',
      dailyVolume: 10,
      round: 2,
      checks: ['request-burst'],
      dueAt: now,
    };
    const anHourLater = addMilliseconds(now, 3_600_000);
    const request = after(
      [submitted, filer],
      [ended('clear'), worker],
      [asked, reviewer],
      [given, filer, anHourLater],
    );
    expect(request.reviewDueAt).toBe(addMilliseconds(submitted.reviewDueAt, 3_600_000));
    expect([request.state, request.round, request.question, request.dailyVolume]).toEqual([
      'checking',
      2,
      null,
      10,
    ]);
  });

  it('cannot be decided, withdrawn or asked about once it is final, whoever is second (I4, F16)', () => {
    const done = after([submitted, filer], [ended('clear'), worker], [approved, reviewer]);
    const second = ask(done, { type: 'withdrawn', reasonTextId: null }, filer);
    expect(second).toMatchObject({ kind: 'refused', as: 'final', refusals: [{ code: 'already-approved' }] });
    expect(ask(done, approved, approver)).toMatchObject({ kind: 'refused', as: 'final' });
  });
});
