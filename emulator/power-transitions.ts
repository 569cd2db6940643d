import { ArmError, conflict } from './errors.js';
import {
  canHibernate,
  hasEphemeralDisk,
  type EmulatedMachine,
  type PowerAction,
  type PowerState,
} from './machine.js';
import type { Operation } from './operation.js';

/** Where a power operation finds nothing to do and succeeds at once. */
const alreadyThere: Partial<Record<PowerAction, readonly PowerState[]>> = {
  deallocate: ['deallocated'],
  start: ['running'],
  powerOff: ['stopped', 'deallocated'],
};

const transitional: Partial<Record<PowerAction, PowerState>> = {
  deallocate: 'deallocating',
  powerOff: 'stopping',
  start: 'starting',
};

const settled: Partial<Record<PowerAction, PowerState>> = {
  deallocate: 'deallocated',
  powerOff: 'stopped',
  start: 'running',
};

export function isAlreadyThere(machine: EmulatedMachine, action: PowerAction): boolean {
  return alreadyThere[action]?.includes(machine.powerState) ?? false;
}

/** Throws what the real cloud refuses. Deleting is allowed on a disabled subscription, power operations are not. */
export function refuseAction({
  subscription,
  machine,
  action,
  hibernates,
}: Pick<Operation, 'subscription' | 'machine' | 'action' | 'hibernates'>): void {
  if (action === 'delete') return;
  if (!['Enabled', 'Warned', 'PastDue'].includes(subscription.state)) {
    throw new ArmError(
      409,
      'ReadOnlyDisabledSubscription',
      `The subscription '${subscription.id}' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.`,
    );
  }
  if (machine.pendingOperationId !== null) throw conflict();
  if (action === 'deallocate' && hasEphemeralDisk(machine)) {
    throw notNow('This operation is not supported on VMs that have an ephemeral OS disk.');
  }
  if (hibernates && !canHibernate(machine)) {
    throw notNow(
      `Hibernate is not supported on VM '${machine.name}': its hibernation capability is disabled.`,
    );
  }
  if (action === 'restart' && machine.powerState !== 'running') {
    throw notNow(`The VM '${machine.name}' is not running and cannot be restarted.`);
  }
}

const notNow = (message: string) => new ArmError(409, 'OperationNotAllowed', message);

/**
 * The transitional state, at once. A start from deallocated takes the gate's position in this moment, because allocation
 * is the first thing that a start does; one that is going to fail never gets a host.
 */
export function enterTransition(operation: Operation): void {
  const { action, machine, subscription, failsWith, startedAtMs } = operation;
  if (isAlreadyThere(machine, action)) return;
  if (action === 'start' && machine.carried === null && failsWith === null) {
    machine.carried = subscription.gate;
    machine.tookHostAt = new Date(startedAtMs).toISOString();
    machine.tookHostUnder = { subscriptionId: subscription.id, fence: subscription.fence };
  }
  machine.powerState = transitional[action] ?? machine.powerState;
}

/** The end. A failure leaves the machine as it was found, on the host that it had or without one. */
export function leaveTransition({
  action,
  hibernates,
  machine,
  failsWith,
  powerStateBefore,
}: Operation): void {
  if (failsWith !== null) {
    machine.powerState = powerStateBefore;
    if (powerStateBefore === 'deallocated') machine.carried = null;
    return;
  }
  if (action === 'powerOff' && machine.powerState === 'deallocated') return;
  machine.powerState = settled[action] ?? machine.powerState;
  if (action === 'deallocate') machine.carried = null;
  if (action === 'deallocate' || action === 'start')
    machine.hibernated = action === 'deallocate' && hibernates;
}
