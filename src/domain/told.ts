import type { Exemption } from './exemption/exemption.js';
import type { Restart } from './enforcement/restart.js';
import type { Gate } from './gate/gate.js';
import type { HistoryEntry } from './lifecycle-table.js';
import type { ToldEntry } from './ports/told-entry.js';
import { waitAfterRevocation } from './policy/cooling-down.js';
import type { ExemptionRequest } from './request/request.js';

type Facts = ToldEntry['facts'];

/** How one event is told: under which name, with which facts, and whether the contact gets a mail about it. */
interface Telling {
  readonly event: string;
  readonly mailed: boolean;
  readonly code?: string | null;
  readonly facts?: Facts;
}

/**
 * What the requester learns of an event of a request, its exemption, its gate or its machines; null for what is
 * nobody's business outside (findings, claims, verdicts). Sentences are made from it when it is read, for its reader.
 */
export function toldOf(entry: HistoryEntry, aggregate: object, requestId: string | null): ToldEntry | null {
  const telling = tellingOf(entry, aggregate);
  const tenantId =
    'tenantId' in aggregate && typeof aggregate.tenantId === 'string' ? aggregate.tenantId : null;
  if (telling === null || requestId === null || tenantId === null) return null;
  return {
    requestId,
    tenantId,
    event: telling.event,
    by: entry.by.kind === 'customer' || entry.by.kind === 'partner' ? entry.by.kind : 'platform',
    actorTenantId: entry.by.tenantId,
    code: telling.code ?? null,
    facts: telling.facts ?? {},
    mailed: telling.mailed,
  };
}

function tellingOf(entry: HistoryEntry, aggregate: object): Telling | null {
  switch (entry.aggregate) {
    case 'request':
      return tellingOfRequest(entry, aggregate as ExemptionRequest);
    case 'exemption':
      return tellingOfExemption(entry, aggregate as Exemption);
    case 'gate':
      return tellingOfGate(entry, aggregate as Gate);
    case 'restart':
      return tellingOfRestart(entry, aggregate as Restart);
    case 'violation':
      return null;
  }
}

function tellingOfRequest(entry: HistoryEntry, request: ExemptionRequest): Telling | null {
  switch (entry.event.type) {
    case 'submitted':
      return { event: 'submitted', mailed: true, facts: { checks: request.checks.length } };
    case 'checksEnded':
      return request.state === 'approved'
        ? { event: 'approved', mailed: true, facts: { byRule: true } }
        : { event: 'review-begun', mailed: false };
    case 'informationRequested':
      return {
        event: 'information-requested',
        mailed: true,
        facts: { answerBy: request.question?.answerBy ?? null },
      };
    case 'informationGiven':
      return { event: 'information-given', mailed: false };
    case 'recheckRequested':
      return { event: 'checks-repeated', mailed: false };
    case 'approved':
      return request.state === 'approved'
        ? { event: 'approved', mailed: true, facts: { expiresOn: request.decision?.expiresOn ?? null } }
        : { event: 'second-review-begun', mailed: false };
    case 'denied':
      return {
        event: 'denied',
        mailed: true,
        code: request.decision?.reasonCode ?? null,
        facts: { applyAgainOn: request.decision?.applyAgainOn ?? null },
      };
    case 'withdrawn':
      return { event: 'withdrawn', mailed: true };
    case 'endedByPolicy':
      return { event: 'ended-by-policy', mailed: true, code: codeIn(entry) };
    case 'patienceExceeded':
      return { event: 'lapsed', mailed: true };
    default:
      return null;
  }
}

function tellingOfExemption(entry: HistoryEntry, exemption: Exemption): Telling | null {
  switch (entry.event.type) {
    case 'granted':
      return { event: 'enabling', mailed: false, facts: { mode: exemption.restartPlan.mode } };
    case 'enabled':
      return { event: 'effective', mailed: true };
    case 'suspended':
      return {
        event: 'suspended',
        mailed: true,
        code: exemption.suspension?.reasonCode ?? null,
        facts: { closeRunning: exemption.suspension?.closeRunning ?? false },
      };
    case 'groundSeen': {
      const code = codeIn(entry);
      return { event: 'suspended-further', mailed: code === 'subscription-moved', code };
    }
    case 'reinstated':
      // The first of two people decides nothing yet.
      return exemption.state === 'suspended' ? null : { event: 'reinstated', mailed: true };
    case 'revocationOrdered':
      return { event: 'revocation-ordered', ...endOf(exemption, ({ waitDays }) => ({ waitDays })) };
    case 'expiryReached':
      return { event: 'expiring', mailed: true };
    case 'closed':
      return exemption.state === 'revoked'
        ? { event: 'revoked', ...endOf(exemption, ({ applyAgainOn }) => ({ applyAgainOn })) }
        : { event: 'expired', mailed: true };
    case 'planChanged':
      return { event: 'restart-plan-changed', mailed: false, facts: { mode: exemption.restartPlan.mode } };
    default:
      return null;
  }
}

/** How the end of a right by a revocation is told: why, and what has to be waited for. */
function endOf(
  { pack, endedAt, revocation }: Exemption,
  factsOf: (wait: ReturnType<typeof waitAfterRevocation>) => Facts,
) {
  const code = revocation?.reasonCode ?? null;
  return { mailed: true, code, facts: factsOf(waitAfterRevocation(pack, endedAt, code)) };
}

function codeIn({ event }: HistoryEntry): string | null {
  return 'reasonCode' in event && typeof event.reasonCode === 'string' ? event.reasonCode : null;
}

function tellingOfGate(entry: HistoryEntry, gate: Gate): Telling | null {
  if (entry.event.type === 'disputed') return { event: 'gate-disputed', mailed: false };
  if (entry.event.type !== 'moved') return null;
  const event = gate.state === 'open' ? 'gate-opened' : 'gate-closed';
  return { event, mailed: false, facts: { movedAt: gate.movedAt, appliesTo: gate.appliesTo } };
}

function tellingOfRestart(entry: HistoryEntry, restart: Restart): Telling | null {
  const facts: Facts = { machine: restart.name, direction: restart.direction };
  switch (entry.event.type) {
    case 'planned':
      return { event: `machine-${restart.state}`, mailed: false, facts, code: restart.blocker?.code ?? null };
    case 'deallocationBegun':
      return { event: 'machine-deallocating', mailed: false, facts };
    case 'heldBack':
      return { event: 'machine-held-back', mailed: false, facts };
    case 'stoppedLate':
      return { event: 'machine-stopped-late', mailed: false, facts };
    case 'hostLost':
      return { event: 'machine-deallocated', mailed: false, facts };
    // No mail a machine: a look tells of all of them at once.
    case 'blocked':
    case 'gaveUp':
    case 'troubleSeen': {
      const event = entry.event.type === 'troubleSeen' ? 'machine-trouble' : `machine-${restart.state}`;
      return { event, mailed: false, facts, code: restart.blocker?.code ?? null };
    }
    case 'planSuperseded':
    case 'foundOtherwise':
    case 'startResumed':
    case 'stillRunning':
    case 'unblocked':
      return null;
    default:
      return { event: `machine-${restart.state}`, mailed: false, facts };
  }
}
