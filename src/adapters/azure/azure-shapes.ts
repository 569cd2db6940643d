import { z } from 'zod';
import type {
  MachineDescription,
  OperationAnswer,
  PowerSighting,
  PowerState,
} from '../../domain/ports/compute-control-plane.js';
import { instantOf } from '../http-values.js';
import { armErrorOf, failureOf } from './azure-errors.js';

/**
 * Text that is kept or shown: bounded, and without what no column takes (control characters, half surrogate pairs). An
 * answer with another one is not understood, and nothing follows from it.
 */
export const plain = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u);

/** What the cloud answers, as far as it is read; everything else in it is ignored. */
const statuses = z.array(z.object({ code: z.string() })).default([]);

/**
 * A path of ordinary steps: calls are made of it with our token, so it must not climb, end early, or lead to another
 * host (OWASP API7).
 */
export const resourceId = plain(2_000).regex(/^(\/(?!\.{1,2}(\/|$))[^/\\?#%]+)+$/);

/** What a machine does now, where it was asked for. */
export const instanceView = z.object({ statuses }).optional();

export const reference = z.object({ id: resourceId });

/** A page of a listing. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ value: z.array(item), nextLink: z.string().nullish() });

const storageProfile = z
  .object({
    osDisk: z.object({ diffDiskSettings: z.object({ option: z.string().optional() }).optional() }).optional(),
  })
  .optional();

/** Whether the system disk lives on the host: such a machine cannot be deallocated. */
export function hasEphemeralSystemDisk({
  storageProfile: profile,
}: {
  readonly storageProfile?: z.infer<typeof storageProfile>;
}): boolean {
  return profile?.osDisk?.diffDiskSettings?.option?.toLowerCase() === 'local';
}

/** What every listing of machines says of one; a reader adds to `properties` what it needs besides. */
export const placedProperties = z.object({
  storageProfile,
  availabilitySet: reference.nullish(),
  virtualMachineScaleSet: reference.nullish(),
  instanceView,
});
export const placed = z.object({
  id: resourceId,
  name: plain(200),
  location: plain(100).default(''),
  zones: z.array(plain(20)).nullish(),
});

const machine = placed.extend({
  properties: placedProperties.extend({
    vmId: plain(100).optional(),
    timeCreated: z.string().optional(),
  }),
});

const scaleSet = z.object({
  id: resourceId.regex(/\/virtualMachineScaleSets\/[^/]+$/i),
  properties: z.object({ orchestrationMode: z.string().optional() }).optional(),
});
export const scaleSetPage = pageOf(scaleSet);

/** A set that does not say its mode is uniform, as all once were. */
export function isUniform({ properties }: Pick<z.infer<typeof scaleSet>, 'properties'>): boolean {
  return properties?.orchestrationMode?.toLowerCase() !== 'flexible';
}

/** The id of a uniform set; null for a flexible one. */
export function uniformSetOf(body: z.infer<typeof scaleSet>): string | null {
  return isUniform(body) ? body.id : null;
}

/** The uniform set in which an instance lies, in small letters; null for the id of any other machine. */
export function setOfInstance(id: string): string | null {
  const [, set] =
    /^(.+\/virtualmachinescalesets\/[^/]+)\/virtualmachines\/[^/]+$/.exec(id.toLowerCase()) ?? [];
  return set ?? null;
}

export const machinePage = pageOf(machine);
export const machineBody = machine;
export const subscriptionBody = z.object({
  state: plain(50),
  tenantId: plain(50),
  tags: z.record(z.string(), z.string()).nullish(),
});
export const operationBody = z.object({
  status: z.string(),
  endTime: z.string().nullish(),
  error: z.unknown().optional(),
});

export type MachineBody = z.infer<typeof machine>;

/** Whether a resource lies in a subscription; ids differ in case. */
export function isWithin(subscriptionId: string, { id }: { readonly id: string }): boolean {
  return id.toLowerCase().startsWith(`/subscriptions/${subscriptionId.toLowerCase()}/`);
}

/** Null for a machine without a `vmId`: nothing can be proven of it. */
export function descriptionOf(body: MachineBody): MachineDescription | null {
  const { vmId, timeCreated, availabilitySet, virtualMachineScaleSet } = body.properties;
  if (vmId === undefined) return null;
  return {
    vmId: vmId.toLowerCase(),
    name: body.name,
    resourceId: body.id,
    location: body.location,
    timeCreated: instantOf(timeCreated),
    ephemeralSystemDisk: hasEphemeralSystemDisk(body.properties),
    zone: body.zones?.[0]?.toLowerCase() ?? null,
    availabilitySet: availabilitySet?.id.toLowerCase() ?? null,
    scaleSet: setOfInstance(body.id) ?? virtualMachineScaleSet?.id.toLowerCase() ?? null,
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
export function powerStateOf(body: {
  readonly properties: Pick<MachineBody['properties'], 'instanceView'>;
}): PowerState {
  const code = body.properties.instanceView?.statuses.find((status) =>
    /^PowerState\//i.test(status.code),
  )?.code;
  const name = code?.slice('PowerState/'.length).toLowerCase();
  return powerStates.find((state) => state === name) ?? 'unknown';
}

/** Whatever is no final state goes on: the provider may name others than `InProgress`. */
export function operationOf(body: z.infer<typeof operationBody>, retryAfter: number | null): OperationAnswer {
  switch (body.status.toLowerCase()) {
    case 'succeeded':
      return { kind: 'succeeded', endTime: instantOf(body.endTime) };
    case 'failed':
    case 'canceled': {
      const { code, message } = armErrorOf(body);
      return { kind: 'failed', why: failureOf({ code, message }), code, message };
    }
    default:
      return { kind: 'running', retryAfterSeconds: retryAfter };
  }
}
