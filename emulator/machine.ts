import { armTime } from './errors.js';

export type PowerState = 'running' | 'starting' | 'stopping' | 'stopped' | 'deallocating' | 'deallocated';
export type Position = 'open' | 'closed';
export type PowerAction =
  'deallocate' | 'start' | 'powerOff' | 'restart' | 'redeploy' | 'reapply' | 'reimage' | 'delete';

export const machineType = 'Microsoft.Compute/virtualMachines';
export const instanceType = 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines';

/** A machine as the emulated cloud holds it. Transitions lie in its pending operation and are read against the clock. */
export interface EmulatedMachine {
  readonly id: string;
  readonly type: typeof machineType | typeof instanceType;
  /** The number of an instance in its uniform scale set; null for a machine of its own. */
  readonly instanceId: string | null;
  /** Grows with every creation: listings are in this order, and their pages continue after one of them. */
  readonly sequence: number;
  readonly name: string;
  readonly resourceGroup: string;
  readonly vmId: string;
  readonly timeCreated: string;
  readonly location: string;
  readonly zones: readonly string[];
  tags: Readonly<Record<string, string>>;
  /** What the creator sent: hardware, storage, network, priority, scale set; answered as it came. */
  given: Readonly<Record<string, unknown>>;
  powerState: PowerState;
  /** Deallocated with its memory kept. */
  hibernated: boolean;
  provisioningTime: string;
  /** The code with which its last operation failed; null where that succeeded. */
  failedWith: string | null;
  /** The gate position of the moment at which it last took a host; null while it holds none. */
  carried: Position | null;
  /** When it last took a host, also where it has lost that again. */
  tookHostAt: string;
  /** Under which subscription's gate, and fence of it, that was. A move to another subscription changes nothing of it. */
  tookHostUnder: { readonly subscriptionId: string; readonly fence: number };
  pendingOperationId: string | null;
}

/** Whether the system disk lives on the host: such a machine cannot be deallocated. */
export function hasEphemeralDisk(machine: EmulatedMachine): boolean {
  const storage = machine.given.storageProfile as
    { osDisk?: { diffDiskSettings?: { option?: string } } } | undefined;
  return storage?.osDisk?.diffDiskSettings?.option?.toLowerCase() === 'local';
}

export const isSpot = ({ given }: EmulatedMachine) => String(given.priority).toLowerCase() === 'spot';

export function canHibernate({ given }: EmulatedMachine): boolean {
  const { hibernationEnabled } = (given.additionalCapabilities ?? {}) as { hibernationEnabled?: boolean };
  return hibernationEnabled === true;
}

/** The instance view's statuses: provisioning has a time, power has none, and may be left out by a fault. */
export function statusesOf(
  machine: EmulatedMachine,
  withPowerState: boolean,
): readonly Record<string, string>[] {
  const power = {
    code: `PowerState/${machine.powerState}`,
    level: 'Info',
    displayStatus: `VM ${machine.powerState}`,
  };
  const hibernated = { code: 'HibernationState/Hibernated', level: 'Info', displayStatus: 'VM hibernated' };
  return [
    provisioningOf(machine),
    ...(withPowerState ? [power] : []),
    ...(machine.hibernated ? [hibernated] : []),
  ];
}

function provisioningOf(machine: EmulatedMachine): Record<string, string> {
  const time = armTime(machine.provisioningTime);
  if (machine.pendingOperationId !== null)
    return { code: 'ProvisioningState/updating', level: 'Info', displayStatus: 'Updating', time };
  if (machine.failedWith !== null) {
    const code = `ProvisioningState/failed/${machine.failedWith}`;
    return { code, level: 'Error', displayStatus: 'Provisioning failed', time };
  }
  return {
    code: 'ProvisioningState/succeeded',
    level: 'Info',
    displayStatus: 'Provisioning succeeded',
    time,
  };
}

/** A machine as GET and the listings answer it. */
export function presentMachine(
  machine: EmulatedMachine,
  instanceView: readonly Record<string, string>[] | null,
): object {
  const { name, id, type, location, zones, tags, instanceId } = machine;
  const settled = machine.failedWith === null ? 'Succeeded' : 'Failed';
  return {
    name,
    id,
    type,
    location,
    ...(instanceId === null ? {} : { instanceId }),
    ...(zones.length === 0 ? {} : { zones }),
    tags,
    properties: {
      ...machine.given,
      vmId: machine.vmId,
      timeCreated: armTime(machine.timeCreated),
      provisioningState: machine.pendingOperationId === null ? settled : 'Updating',
      ...(instanceView === null ? {} : { instanceView: { statuses: instanceView } }),
    },
  };
}
