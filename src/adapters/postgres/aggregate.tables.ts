import { EntitySchema } from 'typeorm';
import type { Exemption } from '../../domain/exemption/exemption.js';
import type { Restart } from '../../domain/enforcement/restart.js';
import type { Gate } from '../../domain/gate/gate.js';
import type { ExemptionRequest } from '../../domain/request/request.js';
import type { Violation } from '../../domain/violation/violation.js';
import { bigint, instant, integer, json, key, orNull, text, truth, uuid } from './columns.js';

/** The rows of the five lifecycles: a row IS the domain's value, property by property. */
const aggregate = { id: uuid(key), state: text(), version: integer() } as const;

export const requestTable = new EntitySchema<ExemptionRequest>({
  name: 'ExemptionRequest',
  tableName: 'exemption_requests',
  columns: {
    ...aggregate,
    subscriptionId: uuid(),
    tenantId: uuid(),
    filedBy: json(),
    classification: text(),
    pack: text(),
    relayCannotBeUsed: truth(),
    dailyVolume: integer(),
    restartPlan: json(),
    submittedAt: instant(),
    round: integer(),
    checks: json(),
    verdict: text(orNull),
    dueAt: instant(orNull),
    reviewDueAt: instant(),
    question: json(orNull),
    firstApproval: json(orNull),
    decision: json(orNull),
    exemptionId: uuid(orNull),
    endedAt: instant(orNull),
  },
});

export const exemptionTable = new EntitySchema<Exemption>({
  name: 'Exemption',
  tableName: 'exemptions',
  columns: {
    ...aggregate,
    subscriptionId: uuid(),
    tenantId: uuid(),
    requestId: uuid(),
    pack: text(),
    grantedAt: instant(),
    grantedBy: json(),
    expiresOn: instant(orNull),
    conditionsTextId: uuid(orNull),
    firstConditionsTextId: uuid(orNull),
    restartPlan: json(),
    fence: bigint(),
    effectiveAt: instant(orNull),
    suspension: json(orNull),
    revocation: json(orNull),
    endedAt: instant(orNull),
  },
});

export const restartTable = new EntitySchema<Restart>({
  name: 'Restart',
  tableName: 'restarts',
  columns: {
    ...aggregate,
    exemptionId: uuid(),
    requestId: uuid(),
    subscriptionId: uuid(),
    tenantId: uuid(),
    vmId: text(),
    direction: text(),
    fence: bigint(),
    round: integer(),
    resourceId: text(),
    name: text(),
    found: text(),
    stoppedByUs: truth(),
    blocker: json(orNull),
  },
});

export const gateTable = new EntitySchema<Gate>({
  name: 'Gate',
  tableName: 'gates',
  columns: {
    ...aggregate,
    tenantId: uuid(),
    exemptionId: uuid(),
    requestId: uuid(),
    position: text(),
    fence: bigint(),
    orderedAt: instant(),
    confirmedFence: bigint(),
    confirmedAt: instant(orNull),
    movedAt: instant(orNull),
    appliesTo: text(),
    firstOpenedFence: bigint(orNull),
    theirFence: bigint(orNull),
  },
});

export const violationTable = new EntitySchema<Violation>({
  name: 'Violation',
  tableName: 'violations',
  columns: {
    ...aggregate,
    exemptionId: uuid(),
    subscriptionId: uuid(),
    tenantId: uuid(),
    violationKind: text(),
    descriptionTextId: uuid(),
    evidence: json(),
    recordedAt: instant(),
    recordedBy: json(),
    judgedAt: instant(orNull),
    judgedBy: json(orNull),
    judgementTextId: uuid(orNull),
  },
});
