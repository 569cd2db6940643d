import type { Exemption } from '../exemption/exemption.js';
import type { Gate } from '../gate/gate.js';
import { addMilliseconds, type Instant } from '../instants.js';
import type { Machine } from './machine.js';
import type { PowerOperation } from './power-operation.js';
import type { Sighting } from './physics.js';
import type { Restart } from './restart.js';
import type { Situation } from './situation.js';

/** Examples that specs of the enforcement start from, each a value that says only what matters in it. */
export const started: Instant = '2026-01-10T12:00:00.000Z';
const subscriptionId = '10000000-0000-4000-8000-000000000001';
const tenantId = '20000000-0000-4000-8000-000000000001';
const exemptionId = '30000000-0000-4000-8000-000000000001';
const requestId = '40000000-0000-4000-8000-000000000001';
const nobody = { kind: 'system', tenantId: null, objectId: null, name: 'example' } as const;

/** A gate that confirmed its last order at `started`. */
export function aGate(
  differs: Partial<Gate> & { readonly state: Gate['state']; readonly fence: number },
): Gate {
  return {
    id: subscriptionId,
    version: 2,
    tenantId,
    exemptionId,
    requestId,
    position: differs.state === 'open' || differs.state === 'opening' ? 'open' : 'closed',
    orderedAt: started,
    confirmedFence: differs.fence,
    confirmedAt: started,
    movedAt: started,
    appliesTo: 'next-start',
    firstOpenedFence: differs.state === 'open' ? differs.fence : 1,
    theirFence: null,
    ...differs,
  };
}

export function aSighting(differs: Partial<Sighting> = {}): Sighting {
  const name = differs.name ?? 'mx1';
  return {
    subscriptionId,
    tenantId,
    vmId: `vm-${name}`,
    name,
    resourceId: `/subscriptions/${subscriptionId}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/${name}`,
    location: 'westeurope',
    timeCreated: '2025-06-01T00:00:00.000Z',
    ephemeralSystemDisk: false,
    zone: null,
    availabilitySet: null,
    scaleSet: null,
    powerState: 'running',
    seenAt: started,
    kind: 'sampled',
    at: started,
    source: 'example',
    ...differs,
  };
}

/** A machine that has run since before the gate ever opened. */
export function aMachine(differs: Partial<Machine> = {}): Machine {
  const { kind: _kind, at: _at, source: _source, ...seen } = aSighting({ name: differs.name ?? 'mx1' });
  return {
    ...seen,
    host: 'held',
    carries: 'closed',
    carriesFence: null,
    releasedUnderFence: null,
    releasedSeenAt: null,
    stoppedSince: null,
    notFoundSince: null,
    absentSince: null,
    nowhereSince: null,
    backSince: null,
    createdHere: false,
    gone: false,
    goneBy: null,
    ...differs,
  };
}

export function anExemption(differs: Partial<Exemption> = {}): Exemption {
  return {
    id: exemptionId,
    state: 'enabling',
    version: 1,
    subscriptionId,
    tenantId,
    requestId,
    pack: 'P3',
    grantedAt: started,
    grantedBy: nobody,
    expiresOn: null,
    conditionsTextId: null,
    firstConditionsTextId: null,
    restartPlan: { mode: 'managed', window: null, maxUnavailable: 1, canary: true },
    fence: 1,
    effectiveAt: null,
    suspension: null,
    revocation: null,
    endedAt: null,
    ...differs,
  };
}

export function aRestart(differs: Partial<Restart> = {}): Restart {
  const name = differs.name ?? 'mx1';
  return {
    id: `restart-${name}`,
    state: 'waiting',
    version: 1,
    exemptionId,
    requestId,
    subscriptionId,
    tenantId,
    vmId: `vm-${name}`,
    direction: 'enable',
    fence: 1,
    round: 1,
    resourceId: aSighting({ name }).resourceId,
    name,
    found: 'running',
    stoppedByUs: false,
    blocker: null,
    ...differs,
  };
}

/** A look that listed everything, a minute after the gate moved. */
export function aSituation(differs: Partial<Situation> = {}): Situation {
  const machines = differs.machines ?? [];
  return {
    exemption: anExemption(),
    gate: aGate({ state: 'open', fence: 1 }),
    machines,
    restarts: [],
    listedInFull: true,
    seenVmIds: new Set(machines.map((machine) => machine.vmId)),
    goneVmIds: new Set(),
    absent: new Map(),
    displaced: new Set(),
    logWasAsked: true,
    logLateMs: 1_200_000,
    clockMarginMs: 300_000,
    subscriptionEnabled: true,
    toldTroubles: [],
    operatorMaxUnavailable: '25%',
    now: addMilliseconds(started, 60_000),
    ...differs,
  };
}

/** A stop that the cloud took, and that has not ended. */
export function anOperation(differs: Partial<PowerOperation> = {}): PowerOperation {
  return {
    id: 'operation-1',
    restartId: 'restart-mx1',
    subscriptionId: 's',
    tenantId: 't',
    vmId: 'vm-mx1',
    kind: 'deallocate',
    state: 'sent',
    operationUrl: 'https://cloud.example/operations/1',
    intendedAt: started,
    sentAt: started,
    endedAt: null,
    polls: 0,
    correlationId: null,
    attempt: 1,
    errorCode: null,
    ...differs,
  };
}
