export type PowerState = 'running' | 'starting' | 'stopping' | 'stopped' | 'deallocating' | 'deallocated';
export type Position = 'open' | 'closed';
export type PowerAction = 'deallocate' | 'start' | 'powerOff' | 'restart' | 'redeploy' | 'reapply' | 'delete';

/** A machine as the emulated cloud holds it. Transitions lie in its pending operation and are read against the clock. */
export interface EmulatedMachine {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly vmId: string;
  readonly timeCreated: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** What the creator sent: hardware, storage, network, priority, scale set; answered as it came. */
  readonly given: Readonly<Record<string, unknown>>;
  powerState: PowerState;
  provisioningTime: string;
  /** The gate position of the moment at which it last took a host; null while it holds none. */
  carried: Position | null;
  pendingOperationId: string | null;
}

/** Whether the system disk lives on the host: such a machine cannot be deallocated. */
export function hasEphemeralDisk(machine: EmulatedMachine): boolean {
  const storage = machine.given.storageProfile as
    { osDisk?: { diffDiskSettings?: { option?: string } } } | undefined;
  return storage?.osDisk?.diffDiskSettings?.option === 'Local';
}

/** The instance view's statuses: provisioning has a time, power has none, and may be left out by a fault. */
export function statusesOf(
  machine: EmulatedMachine,
  withPowerState: boolean,
): readonly Record<string, string>[] {
  const busy = machine.pendingOperationId !== null;
  const provisioning = {
    code: `ProvisioningState/${busy ? 'updating' : 'succeeded'}`,
    level: 'Info',
    displayStatus: busy ? 'Updating' : 'Provisioning succeeded',
    time: machine.provisioningTime,
  };
  const power = {
    code: `PowerState/${machine.powerState}`,
    level: 'Info',
    displayStatus: `VM ${machine.powerState}`,
  };
  return withPowerState ? [provisioning, power] : [provisioning];
}

/** A machine as GET and the listings answer it. */
export function presentMachine(
  machine: EmulatedMachine,
  instanceView: readonly Record<string, string>[] | null,
): object {
  return {
    name: machine.name,
    id: machine.id,
    type: 'Microsoft.Compute/virtualMachines',
    location: machine.location,
    tags: machine.tags,
    properties: {
      ...machine.given,
      vmId: machine.vmId,
      timeCreated: machine.timeCreated,
      provisioningState: machine.pendingOperationId === null ? 'Succeeded' : 'Updating',
      ...(instanceView === null ? {} : { instanceView: { statuses: instanceView } }),
    },
  };
}
