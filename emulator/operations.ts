import { randomUUID } from 'node:crypto';
import type { Cloud, EmulatedSubscription } from './cloud.js';
import { ArmError } from './errors.js';
import { hasEphemeralDisk, type EmulatedMachine, type PowerAction, type PowerState } from './machine.js';

/** A long-running operation. It ends by the clock; `endsAtMs` is infinite for one that a fault keeps from ending. */
export interface Operation {
  readonly id: string;
  readonly action: PowerAction;
  readonly subscription: EmulatedSubscription;
  readonly machine: EmulatedMachine;
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  readonly failsWith: { readonly code: string; readonly message: string } | null;
  forgotten: boolean;
  status: 'InProgress' | 'Succeeded' | 'Failed';
}

/** What a fault changes about an operation that begins. */
export interface OperationTwist {
  readonly endless: boolean;
  readonly failsWith: string | null;
  readonly forgotten: boolean;
}

/** Begins operations and settles them when they are read: no timers, so a simulated clock drives them alike. */
export class Operations {
  private readonly byId = new Map<string, Operation>();
  durations = { deallocateMs: 1_500, startMs: 1_000 };

  constructor(private readonly cloud: Cloud) {}

  reset(): void {
    this.byId.clear();
  }

  find(id: string): Operation | undefined {
    const operation = this.byId.get(id);
    if (operation !== undefined) this.settle(operation.machine);
    return operation;
  }

  /** Throws ARM's refusals: a disabled subscription, a disk that lives on the host, another operation under way. */
  begin(
    subscription: EmulatedSubscription,
    machine: EmulatedMachine,
    action: PowerAction,
    twist: OperationTwist,
  ): Operation {
    this.settle(machine);
    refuse(subscription, machine, action);
    const now = this.cloud.clock.nowMs();
    const operation: Operation = {
      id: randomUUID(),
      action,
      subscription,
      machine,
      startedAtMs: now,
      endsAtMs: twist.endless ? Number.POSITIVE_INFINITY : now + this.durationOf(machine, action),
      failsWith:
        twist.failsWith === null
          ? null
          : { code: twist.failsWith, message: `${twist.failsWith}: the operation failed.` },
      forgotten: twist.forgotten,
      status: 'InProgress',
    };
    this.byId.set(operation.id, operation);
    machine.pendingOperationId = operation.id;
    enter(operation);
    this.settle(machine);
    return operation;
  }

  /** Applies what has ended by now. */
  settle(machine: EmulatedMachine): void {
    const operation =
      machine.pendingOperationId === null ? undefined : this.byId.get(machine.pendingOperationId);
    if (operation === undefined || this.cloud.clock.nowMs() < operation.endsAtMs) return;
    machine.pendingOperationId = null;
    machine.provisioningTime = new Date(operation.endsAtMs).toISOString();
    operation.status = operation.failsWith === null ? 'Succeeded' : 'Failed';
    leave(operation);
    if (operation.action === 'delete' && operation.failsWith === null)
      this.cloud.removeMachine(operation.subscription, machine);
  }

  private durationOf(machine: EmulatedMachine, action: PowerAction): number {
    const { deallocateMs, startMs } = this.durations;
    if (action === 'start') return machine.powerState === 'running' ? 0 : startMs;
    if (action === 'deallocate') return machine.powerState === 'deallocated' ? 0 : deallocateMs;
    return Math.min(deallocateMs, startMs) / 2;
  }
}

function refuse(subscription: EmulatedSubscription, machine: EmulatedMachine, action: PowerAction): void {
  if (!['Enabled', 'Warned', 'PastDue'].includes(subscription.state)) {
    throw new ArmError(
      409,
      'ReadOnlyDisabledSubscription',
      `The subscription '${subscription.id}' is disabled and therefore marked as read only.`,
    );
  }
  if (machine.pendingOperationId !== null) {
    throw new ArmError(
      409,
      'Conflict',
      'The request failed due to conflict with a concurrent request: another operation is in progress.',
    );
  }
  if (action === 'deallocate' && hasEphemeralDisk(machine)) {
    throw new ArmError(
      409,
      'OperationNotAllowed',
      'This operation is not supported on VMs that have an ephemeral OS disk.',
    );
  }
}

/** The transitional state, at once. A start from deallocated takes the gate's position now: it takes its host now. */
function enter({ action, machine, subscription }: Operation): void {
  const transitional: Partial<Record<PowerAction, PowerState>> = {
    deallocate: 'deallocating',
    powerOff: 'stopping',
    start: 'starting',
  };
  if (action === 'start' && machine.powerState === 'running') return;
  if (action === 'deallocate' && machine.powerState === 'deallocated') return;
  if (action === 'powerOff' && machine.powerState !== 'running') return;
  if (action === 'start' && machine.carried === null) machine.carried = subscription.gate;
  machine.powerState = transitional[action] ?? machine.powerState;
}

function leave({ action, machine, failsWith }: Operation): void {
  if (failsWith !== null) {
    // A failed start leaves no host behind; a failed stop leaves the machine running on the one it has.
    if (action === 'start') Object.assign(machine, { powerState: 'deallocated', carried: null });
    else if (machine.powerState === 'deallocating' || machine.powerState === 'stopping')
      machine.powerState = 'running';
    return;
  }
  if (action === 'deallocate') Object.assign(machine, { powerState: 'deallocated', carried: null });
  if (action === 'start') machine.powerState = 'running';
  if (action === 'powerOff' && machine.powerState === 'stopping') machine.powerState = 'stopped';
}
