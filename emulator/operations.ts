import { randomUUID } from 'node:crypto';
import type { Cloud } from './cloud.js';
import { operationNameOf, type Cause, type Journal } from './journal.js';
import type { EmulatedMachine, PowerAction } from './machine.js';
import type { Operation, OperationTwist } from './operation.js';
import { enterTransition, isAlreadyThere, leaveTransition, refuseAction } from './power-transitions.js';
import type { EmulatedSubscription } from './subscription.js';

/** What is to be done with which machine, and who wants it. */
export interface PowerOrder {
  readonly subscription: EmulatedSubscription;
  readonly machine: EmulatedMachine;
  readonly action: PowerAction;
  readonly hibernates: boolean;
  readonly cause: Cause;
  /** What it is told as: the machine's own doing, that of its whole scale set, or nothing, where that is told already. */
  readonly toldAs: { readonly resourceId: string; readonly resourceType: string } | null;
}

/** Begins operations and ends them by the clock, or when they are read: a simulated clock drives them alike. */
export class Operations {
  private readonly byId = new Map<string, Operation>();
  durations = { deallocateMs: 1_500, startMs: 1_000 };

  constructor(
    private readonly cloud: Cloud,
    private readonly journal: Journal,
  ) {}

  reset(): void {
    this.byId.clear();
  }

  find(id: string): Operation | undefined {
    const operation = this.byId.get(id.toLowerCase());
    if (operation !== undefined) this.settle(operation.machine);
    return operation;
  }

  /**
   * Throws ARM's refusals: a disabled subscription, a disk that lies on the host, another operation under way. A delete,
   * and whatever the platform does by itself, is not refused: what it overtakes ends as failed.
   */
  begin(order: PowerOrder, twistOf: () => OperationTwist): Operation {
    const { subscription, machine, action, hibernates, cause } = order;
    this.settle(machine);
    if (action === 'delete' || cause.isPlatform) this.preempt(machine);
    if (!cause.isPlatform) refuseAction(order);
    const twist = twistOf();
    const startedAtMs = this.cloud.clock.nowMs();
    const held = twist.heldBy !== null;
    const id = randomUUID();
    const operation: Operation = {
      id,
      action,
      hibernates,
      subscription,
      machine,
      happening: this.tell(order, id, startedAtMs),
      startedAtMs,
      powerStateBefore: machine.powerState,
      endsAtMs: held ? Number.POSITIVE_INFINITY : startedAtMs + this.durationOf(machine, action),
      failsWith: failureOf(twist.failsWith, action),
      heldBy: twist.heldBy,
      forgotten: twist.forgotten,
      status: 'InProgress',
    };
    this.byId.set(operation.id, operation);
    machine.pendingOperationId = operation.id;
    enterTransition(operation);
    this.cloud.followHost(subscription, machine);
    this.settleInTime(operation);
    return operation;
  }

  /** Applies what has ended by now. */
  settle(machine: EmulatedMachine): void {
    if (machine.pendingOperationId === null) return;
    const operation = this.byId.get(machine.pendingOperationId);
    if (operation === undefined || this.cloud.clock.nowMs() < operation.endsAtMs) return;
    machine.pendingOperationId = null;
    machine.provisioningTime = new Date(operation.endsAtMs).toISOString();
    machine.failedWith = operation.failsWith?.code ?? null;
    operation.status = operation.failsWith === null ? 'Succeeded' : 'Failed';
    leaveTransition(operation);
    this.cloud.followHost(operation.subscription, machine);
    if (operation.action === 'delete' && operation.failsWith === null)
      this.cloud.removeMachine(operation.subscription, machine);
    if (operation.happening !== null)
      this.journal.end(operation.happening, operation.endsAtMs, operation.failsWith);
  }

  /** Operations that deleted faults kept from ending go on, and take their ordinary time from now. */
  release(faultIds: readonly string[]): void {
    for (const operation of this.byId.values()) {
      if (operation.heldBy === null || !faultIds.includes(operation.heldBy)) continue;
      if (operation.endsAtMs !== Number.POSITIVE_INFINITY) continue;
      operation.endsAtMs = this.cloud.clock.nowMs() + this.lengthOf(operation.action);
      this.settleInTime(operation);
    }
  }

  private tell({ subscription, action, cause, toldAs }: PowerOrder, id: string, startedAtMs: number) {
    if (toldAs === null) return null;
    return this.journal.begin({
      id,
      subscriptionId: subscription.id,
      tenantId: subscription.tenantId,
      ...toldAs,
      operationName: operationNameOf(toldAs.resourceType, action),
      cause,
      startedAtMs,
      httpStatus: 202,
    });
  }

  /** Once with the clock, so that its end is seen although nobody asks for it; at once where it has ended already. */
  private settleInTime({ machine, endsAtMs }: Operation): void {
    this.settle(machine);
    if (machine.pendingOperationId === null || endsAtMs === Number.POSITIVE_INFINITY) return;
    this.cloud.clock.at(endsAtMs, () => {
      this.settle(machine);
    });
  }

  private preempt(machine: EmulatedMachine): void {
    const operation =
      machine.pendingOperationId === null ? undefined : this.byId.get(machine.pendingOperationId);
    if (operation === undefined) return;
    const message = 'The operation has been preempted by a more recent operation.';
    operation.failsWith = { code: 'OperationPreempted', message };
    operation.endsAtMs = this.cloud.clock.nowMs();
    this.settle(machine);
  }

  private durationOf(machine: EmulatedMachine, action: PowerAction): number {
    return isAlreadyThere(machine, action) ? 0 : this.lengthOf(action);
  }

  private lengthOf(action: PowerAction): number {
    const { deallocateMs, startMs } = this.durations;
    if (action === 'start') return startMs;
    if (action === 'deallocate') return deallocateMs;
    return Math.min(deallocateMs, startMs) / 2;
  }
}

function failureOf(code: string | null, action: PowerAction): Operation['failsWith'] {
  if (code === null) return null;
  const message =
    code === 'AllocationFailed'
      ? 'Allocation failed. We do not have sufficient capacity for the requested VM size in this region.'
      : `The operation '${action}' failed.`;
  return { code, message };
}

/** What an operation with one machine is told as. */
export function asItself({ id, type }: EmulatedMachine): NonNullable<PowerOrder['toldAs']> {
  return { resourceId: id, resourceType: type };
}
