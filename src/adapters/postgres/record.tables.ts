import { EntitySchema } from 'typeorm';
import type { Evidence, Machine } from '../../domain/enforcement/machine.js';
import type { PowerOperation } from '../../domain/enforcement/power-operation.js';
import type { Finding } from '../../domain/fraud/fraud-check.js';
import type { Claim, ConductNote, Note, TimelineEntry } from '../../domain/ports/record-stores.js';
import type { PartnerRelationship, Tenant } from '../../domain/ports/registry-stores.js';
import type { SubscriptionFacts } from '../../domain/subscription/subscription.js';
import { bigint, instant, integer, json, key, orNull, text, truth, uuid } from './columns.js';

/** What is kept beside the aggregates, table by table. */
export const tenantTable = new EntitySchema<Tenant>({
  name: 'Tenant',
  tableName: 'tenants',
  columns: { tenantId: uuid(key), kind: text(), name: text() },
});

export const relationshipTable = new EntitySchema<PartnerRelationship>({
  name: 'PartnerRelationship',
  tableName: 'partner_relationships',
  columns: {
    partnerTenantId: uuid(key),
    customerTenantId: uuid(key),
    status: text(),
    validFrom: instant(),
    validTo: instant(orNull),
    kind: text(),
    source: text(),
    confirmedAt: instant(),
  },
});

export const subscriptionTable = new EntitySchema<SubscriptionFacts>({
  name: 'Subscription',
  tableName: 'subscriptions',
  columns: {
    subscriptionId: uuid(key),
    tenantId: uuid(),
    displayName: text(),
    offer: json(),
    createdAt: instant(),
    state: text(),
    spendingLimit: text(orNull),
    partnerTenantId: uuid(orNull),
    billing: json(),
  },
});

export type FindingRow = Finding & { readonly requestId: string; readonly round: number };
export const findingTable = new EntitySchema<FindingRow>({
  name: 'Finding',
  tableName: 'findings',
  columns: {
    requestId: uuid(key),
    round: integer(key),
    check: text(key),
    outcome: text(),
    value: json(orNull),
    evidence: json(),
    source: text(),
    at: instant(),
    reasonCode: text(orNull),
  },
});

export const claimTable = new EntitySchema<Claim>({
  name: 'Claim',
  tableName: 'claims',
  columns: { requestId: uuid(key), by: json(), claimedAt: instant(), until: instant() },
});

export const noteTable = new EntitySchema<Note>({
  name: 'Note',
  tableName: 'notes',
  columns: { id: uuid(key), requestId: uuid(), by: json(), at: instant(), textId: uuid() },
});

export const machineTable = new EntitySchema<Machine>({
  name: 'Machine',
  tableName: 'machines',
  columns: {
    subscriptionId: uuid(key),
    vmId: text(key),
    tenantId: uuid(),
    resourceId: text(),
    name: text(),
    location: text(),
    timeCreated: instant(orNull),
    ephemeralSystemDisk: truth(),
    zone: text(orNull),
    availabilitySet: text(orNull),
    scaleSet: text(orNull),
    powerState: text(),
    host: text(),
    carries: text(),
    carriesFence: bigint(orNull),
    releasedUnderFence: bigint(orNull),
    releasedSeenAt: instant(orNull),
    stoppedSince: instant(orNull),
    seenAt: instant(),
    notFoundSince: instant(orNull),
    absentSince: instant(orNull),
    nowhereSince: instant(orNull),
    backSince: instant(orNull),
    createdHere: truth(),
    gone: truth(),
    goneBy: text(orNull),
  },
});

export const evidenceTable = new EntitySchema<Evidence>({
  name: 'MachineEvidence',
  tableName: 'machine_evidence',
  columns: {
    subscriptionId: uuid(key),
    vmId: text(key),
    kind: text(key),
    fact: text(key),
    at: instant(key),
    source: text(key),
    fence: bigint(key),
    tenantId: uuid(),
    operation: text(orNull),
  },
});

export const operationTable = new EntitySchema<PowerOperation>({
  name: 'PowerOperation',
  tableName: 'power_operations',
  columns: {
    id: uuid(key),
    restartId: uuid(),
    subscriptionId: uuid(),
    tenantId: uuid(),
    vmId: text(),
    kind: text(),
    state: text(),
    operationUrl: text(orNull),
    correlationId: text(orNull),
    intendedAt: instant(),
    sentAt: instant(orNull),
    endedAt: instant(orNull),
    polls: integer(),
    attempt: integer(),
    errorCode: text(orNull),
  },
});

export const conductTable = new EntitySchema<ConductNote>({
  name: 'ConductNote',
  tableName: 'conduct_notes',
  columns: {
    exemptionId: uuid(key),
    tenantId: uuid(),
    fence: bigint(),
    firstListedAt: instant(orNull),
    lastListedAt: instant(orNull),
    lastLookedAt: instant(),
    logReadAt: instant(orNull),
    logProblem: json(orNull),
    problem: json(orNull),
    stillOpen: integer(orNull),
    stillOpenSeenAt: instant(orNull),
    humanNeededSince: instant(orNull),
    humanNeededFor: json(orNull),
    told: json(),
    quietLooks: integer(),
    nextLookAt: instant(orNull),
  },
});

export const timelineTable = new EntitySchema<TimelineEntry>({
  name: 'TimelineEntry',
  tableName: 'timeline_entries',
  columns: {
    requestId: uuid(key),
    sequence: integer(key),
    tenantId: uuid(),
    event: text(),
    by: text(),
    actorTenantId: uuid(orNull),
    code: text(orNull),
    facts: json(),
    mailed: truth(),
    at: instant(),
  },
});
