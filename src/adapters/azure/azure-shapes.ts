import { z } from 'zod';
import type {
  MachineDescription,
  PowerSighting,
  PowerState,
} from '../../domain/ports/compute-control-plane.js';
import { instantOf } from '../http-values.js';

/** What the cloud answers, as far as it is read; everything else in it is ignored. */
const statuses = z.array(z.object({ code: z.string() })).default([]);

const machine = z.object({
  id: z.string(),
  name: z.string(),
  location: z.string().default(''),
  properties: z.object({
    vmId: z.string().optional(),
    timeCreated: z.string().optional(),
    storageProfile: z
      .object({
        osDisk: z
          .object({ diffDiskSettings: z.object({ option: z.string().optional() }).optional() })
          .optional(),
      })
      .optional(),
    instanceView: z.object({ statuses }).optional(),
  }),
});

export const machinePage = z.object({ value: z.array(machine), nextLink: z.string().nullish() });
export const machineBody = machine;
export const subscriptionBody = z.object({
  state: z.string(),
  tenantId: z.string(),
  tags: z.record(z.string(), z.string()).nullish(),
});
export const operationBody = z.object({
  status: z.string(),
  endTime: z.string().nullish(),
  error: z.unknown().optional(),
});

type MachineBody = z.infer<typeof machine>;

/** Null for a machine without a `vmId`: nothing can be proven of it. */
export function descriptionOf(body: MachineBody): MachineDescription | null {
  const { vmId, timeCreated, storageProfile } = body.properties;
  if (vmId === undefined) return null;
  return {
    vmId: vmId.toLowerCase(),
    name: body.name,
    resourceId: body.id,
    location: body.location,
    timeCreated: instantOf(timeCreated),
    ephemeralSystemDisk: storageProfile?.osDisk?.diffDiskSettings?.option?.toLowerCase() === 'local',
  };
}

export function sightingOf(body: MachineBody): PowerSighting {
  return {
    vmId: body.properties.vmId?.toLowerCase() ?? null,
    resourceId: body.id,
    powerState: powerStateOf(body),
  };
}

const powerStates: readonly PowerState[] = [
  'running',
  'starting',
  'stopping',
  'stopped',
  'deallocating',
  'deallocated',
  'hibernated',
];

/** The power state of an instance view; `unknown` where it is missing or new: look again, never infer. */
export function powerStateOf(body: MachineBody): PowerState {
  const code = body.properties.instanceView?.statuses.find((status) =>
    /^PowerState\//i.test(status.code),
  )?.code;
  const name = code?.slice('PowerState/'.length).toLowerCase();
  return powerStates.find((state) => state === name) ?? 'unknown';
}
