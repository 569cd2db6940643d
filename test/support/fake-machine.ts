import { randomUUID } from 'node:crypto';
import type { GatePosition } from '../../src/domain/gate/gate.js';
import type { Instant } from '../../src/domain/instants.js';
import type {
  MachineDescription,
  OperationAnswer,
  Placement,
  PowerOrderAnswer,
  PowerRefusal,
  PowerState,
} from '../../src/domain/ports/compute-control-plane.js';

const nowhere: Placement = { zone: null, availabilitySet: null, scaleSet: null };

/** A machine of the fake cloud: what the cloud describes of it, and what only its host knows. */
export interface FakeMachine extends MachineDescription {
  readonly subscriptionId: string;
  powerState: PowerState;
  /** The gate's position of the moment at which it last took a host; null while it holds none. */
  carried: GatePosition | null;
  /** The cloud leaves its power state out. */
  isMute: boolean;
  pending: FakeOperation | null;
}

export interface FakeOperation {
  readonly url: string;
  readonly kind: 'deallocate' | 'start';
  readonly machine: FakeMachine;
  readonly before: PowerState;
  /** With which code it will fail; null where it will succeed. */
  readonly failsWith: string | null;
  answer: OperationAnswer;
}

export interface NewMachine {
  readonly ephemeral?: boolean;
  readonly place?: Partial<Placement>;
}

export function newMachine(
  subscriptionId: string,
  name: string,
  facts: NewMachine & { readonly timeCreated: Instant; readonly carried: GatePosition },
): FakeMachine {
  const { timeCreated, carried, ephemeral = false, place = {} } = facts;
  return {
    ...nowhere,
    ...place,
    timeCreated,
    carried,
    ephemeralSystemDisk: ephemeral,
    subscriptionId,
    vmId: randomUUID(),
    name,
    resourceId: `/subscriptions/${subscriptionId}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/${name}`,
    location: 'westeurope',
    powerState: 'running',
    isMute: false,
    pending: null,
  };
}

/** Enters the transition. A start from deallocated takes the gate's position now; one that will fail gets no host. */
export function beginOperation(
  machine: FakeMachine,
  kind: FakeOperation['kind'],
  gate: GatePosition,
  failsWith: string | null,
): FakeOperation {
  const url = `https://cloud.invalid/operations/${randomUUID()}?signature=${randomUUID()}`;
  const before = machine.powerState;
  const answer: OperationAnswer = { kind: 'running', retryAfterSeconds: null };
  const operation = { url, kind, machine, before, failsWith, answer };
  machine.pending = operation;
  if (isDone(operation)) return operation;
  machine.powerState = kind === 'start' ? 'starting' : 'deallocating';
  if (kind === 'start' && machine.carried === null && failsWith === null) machine.carried = gate;
  return operation;
}

/** Ends it: as it was asked, or with the machine as it was found. */
export function endOperation(operation: FakeOperation, at: Instant): void {
  const { machine, kind, before, failsWith } = operation;
  if (machine.pending !== operation) return;
  machine.pending = null;
  if (failsWith !== null) {
    machine.powerState = before;
    const why = failsWith === 'AllocationFailed' ? 'allocation-failed' : 'other';
    operation.answer = { kind: 'failed', why, code: failsWith, message: 'It failed.' };
    return;
  }
  machine.powerState = kind === 'start' ? 'running' : 'deallocated';
  if (kind === 'deallocate') machine.carried = null;
  operation.answer = { kind: 'succeeded', endTime: at };
}

/** Whether there is nothing to do: such an operation ends at once. */
export function isDone({ kind, before }: Pick<FakeOperation, 'kind' | 'before'>): boolean {
  return before === (kind === 'start' ? 'running' : 'deallocated');
}

/** What the cloud describes of a machine. */
export function descriptionOf(machine: FakeMachine): MachineDescription {
  const { vmId, name, resourceId, location, timeCreated, ephemeralSystemDisk } = machine;
  const { zone, availabilitySet, scaleSet } = machine;
  return {
    vmId,
    name,
    resourceId,
    location,
    timeCreated,
    ephemeralSystemDisk,
    zone,
    availabilitySet,
    scaleSet,
  };
}

/** The power state that it shows. */
export function shownBy({ isMute, powerState }: FakeMachine): PowerState {
  return isMute ? 'unknown' : powerState;
}

export function refused(why: PowerRefusal, code: string): PowerOrderAnswer {
  return { kind: 'refused', why, code, message: 'It was refused.' };
}

export function nameOf(resourceId: string): string {
  return resourceId.split('/').at(-1) ?? '';
}
