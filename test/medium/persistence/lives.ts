import { randomUUID } from 'node:crypto';
import { applyEvent } from '../../../src/application/apply-event.js';
import { systemActor, type Actor, type Caller } from '../../../src/domain/access/actor.js';
import { restartLifecycle } from '../../../src/domain/enforcement/restart.lifecycle.js';
import type { Restart } from '../../../src/domain/enforcement/restart.js';
import { defaultRestartPlan } from '../../../src/domain/enforcement/restart-plan.js';
import {
  exemptionLifecycle,
  type ExemptionEvent,
} from '../../../src/domain/exemption/exemption.lifecycle.js';
import type { Exemption } from '../../../src/domain/exemption/exemption.js';
import { gateLifecycle, type GateEvent } from '../../../src/domain/gate/gate.lifecycle.js';
import type { Gate } from '../../../src/domain/gate/gate.js';
import type { RequestEvent } from '../../../src/domain/request/request-events.js';
import { requestLifecycle } from '../../../src/domain/request/request.lifecycle.js';
import type { ExemptionRequest } from '../../../src/domain/request/request.js';
import type { SubscriptionFacts } from '../../../src/domain/subscription/subscription.js';
import type { Violation } from '../../../src/domain/violation/violation.js';
import { violationLifecycle } from '../../../src/domain/violation/violation.lifecycle.js';
import { analyst, approver, customer, reviewer } from '../verbs/people.js';
import type { StoreWorld } from './store-world.js';

export const worker: Actor = systemActor('test');

export interface Life {
  readonly request: ExemptionRequest;
  readonly exemption: Exemption;
  readonly gate: Gate;
}

/** How lives go on in one world, an event at a time, each in a transaction of its own. */
export function livesIn(world: StoreWorld) {
  const context = (actor: Actor) => ({ actor, now: world.clock.now() });
  const onRequest = (current: ExemptionRequest, event: RequestEvent, actor: Actor) =>
    world.inTransaction((tx) => applyEvent(tx, requestLifecycle, current, current.id, event, context(actor)));
  const onExemption = (
    current: Exemption | null,
    event: ExemptionEvent,
    actor: Actor,
    id = current?.id ?? '',
  ) => world.inTransaction((tx) => applyEvent(tx, exemptionLifecycle, current, id, event, context(actor)));
  const onGate = (current: Gate | null, event: GateEvent, actor: Actor, id = current?.id ?? '') =>
    world.inTransaction((tx) => applyEvent(tx, gateLifecycle, current, id, event, context(actor)));

  /** A request whose only check has passed, before a reviewer. */
  const reviewing = async (
    facts?: SubscriptionFacts,
    filer: Caller = customer,
  ): Promise<ExemptionRequest> => {
    const filed = await world.submitted(facts, filer);
    await world.inTransaction((tx) => tx.findings.add(filed.id, 1, findingOf('young-subscription', world)));
    const ended = { type: 'checksEnded', round: 1, verdict: 'clear', ...rulesOf(randomUUID()) } as const;
    return onRequest(filed, { ...ended, grantsByRule: false }, worker);
  };
  /** A request that was approved, with its exemption enabling and its gate ordered open. */
  const granted = async (facts?: SubscriptionFacts, filer: Caller = customer, fence = 1): Promise<Life> => {
    const before = await reviewing(facts, filer);
    const exemptionId = randomUUID();
    const { subscriptionId, tenantId, id: requestId, pack } = before;
    const approval = { ...rulesOf(exemptionId), ...noWords, secondApprovalAbove: 10_000 };
    const request = await onRequest(before, { type: 'approved', ...approval }, reviewer);
    const right = { subscriptionId, tenantId, requestId, pack, fence, restartPlan: defaultRestartPlan };
    const exemption = await onExemption(
      null,
      { type: 'granted', ...right, expiresOn: null, conditionsTextId: null },
      reviewer,
      exemptionId,
    );
    const order = { type: 'openingOrdered', tenantId, exemptionId, requestId, fence } as const;
    return { request, exemption, gate: await onGate(null, order, reviewer, subscriptionId) };
  };
  /** The same, taken away again: revoked, its gate confirmed closed. */
  const revoked = async (facts?: SubscriptionFacts): Promise<Life> => {
    const { request, exemption, gate } = await granted(facts);
    const ground = { reasonCode: 'spam-complaints', violationId: null, textId: null };
    const fence = gate.fence + 1;
    const ending = await onExemption(exemption, { type: 'revocationOrdered', fence, ...ground }, approver);
    const closing = await onGate(gate, { type: 'closingOrdered', fence }, approver);
    const movedAt = world.clock.now();
    const closed = await onGate(closing, { type: 'moved', fence, movedAt, appliesTo: 'next-start' }, worker);
    return { request, exemption: await onExemption(ending, { type: 'closed', fence }, worker), gate: closed };
  };
  const planned = ({ exemption }: Life, name = 'vm-1', vmId: string = randomUUID()): Promise<Restart> =>
    world.inTransaction((tx) =>
      applyEvent(
        tx,
        restartLifecycle,
        null,
        randomUUID(),
        plannedFor(exemption, name, vmId),
        context(worker),
      ),
    );
  const deallocating = (restart: Restart): Promise<Restart> =>
    world.inTransaction((tx) =>
      applyEvent(tx, restartLifecycle, restart, restart.id, { type: 'deallocationBegun' }, context(worker)),
    );
  const alleged = ({ exemption }: Life): Promise<Violation> =>
    world.inTransaction((tx) =>
      applyEvent(tx, violationLifecycle, null, randomUUID(), allegationOf(exemption), context(analyst)),
    );
  return { onRequest, onExemption, onGate, reviewing, granted, revoked, planned, deallocating, alleged };
}

const rulesOf = (exemptionId: string) => ({ exemptionId, policyRulesVersion: '1' });
const noWords = { reasonTextId: randomUUID(), conditionsTextId: null, expiresOn: null, acceptedUnknowns: [] };

export const findingOf = (check: string, { clock }: Pick<StoreWorld, 'clock'>) => ({
  check,
  outcome: 'pass' as const,
  value: 'old enough',
  evidence: [{ what: 'created', detail: 'two years ago' }],
  source: 'registered facts',
  at: clock.now(),
  reasonCode: null,
});

const plannedFor = (exemption: Exemption, name: string, vmId: string) => ({
  type: 'planned' as const,
  exemptionId: exemption.id,
  requestId: exemption.requestId,
  subscriptionId: exemption.subscriptionId,
  tenantId: exemption.tenantId,
  vmId,
  direction: 'enable' as const,
  fence: exemption.fence,
  resourceId: `/subscriptions/${exemption.subscriptionId}/virtualMachines/${name}`,
  name,
  found: 'running' as const,
  blocker: null,
  as: 'waiting' as const,
});

const allegationOf = ({ id, subscriptionId, tenantId }: Exemption) => ({
  type: 'recorded' as const,
  exemptionId: id,
  subscriptionId,
  tenantId,
  violationKind: 'spam-complaint',
  descriptionTextId: randomUUID(),
  evidence: [{ kind: 'report', at: '2026-02-01T00:00:00.000Z', textId: randomUUID() }],
});
