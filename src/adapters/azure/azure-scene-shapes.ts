import { z } from 'zod';
import type { PowerSighting } from '../../domain/ports/compute-control-plane.js';
import type {
  SceneInterface,
  SceneMachine,
  ScenePublicAddress,
  SceneScaleSet,
} from '../../domain/ports/restart-scenes.js';
import {
  hasEphemeralSystemDisk,
  isUniform,
  pageOf,
  placed,
  placedProperties,
  plain,
  powerStateOf,
  reference,
  resourceId as id,
  setOfInstance,
} from './azure-shapes.js';

/** What a preview reads of the cloud's answers; everything else in them is ignored. */
const machine = placed.extend({
  properties: placedProperties.extend({
    hardwareProfile: z.object({ vmSize: plain(100).optional() }).optional(),
    networkProfile: z.object({ networkInterfaces: z.array(reference).optional() }).nullish(),
  }),
});
export const sceneMachinePage = pageOf(machine);

export function sceneMachineOf({
  id: resourceId,
  name: called,
  location,
  zones,
  properties,
}: z.infer<typeof machine>): SceneMachine {
  const { hardwareProfile, availabilitySet, virtualMachineScaleSet, networkProfile } = properties;
  const setId = setOfInstance(resourceId);
  const interfaceIds = networkProfile?.networkInterfaces?.map((one) => one.id) ?? [];
  return {
    name: called,
    resourceId,
    region: location,
    size: hardwareProfile?.vmSize ?? null,
    ephemeralSystemDisk: hasEphemeralSystemDisk(properties),
    availabilitySetId: availabilitySet?.id ?? null,
    scaleSetId: setId ?? virtualMachineScaleSet?.id ?? null,
    isInstance: setId !== null,
    zones: zones ?? [],
    interfaceIds: interfaceIds.length === 0 ? null : interfaceIds,
  };
}

/** An instance of a uniform set as its own listing tells it: what it is, and its power state with it. */
export function sceneInstanceOf(body: z.infer<typeof machine>): {
  readonly machine: SceneMachine;
  readonly power: PowerSighting;
} {
  const power = { vmId: null, resourceId: body.id, powerState: powerStateOf(body) };
  return { machine: sceneMachineOf(body), power };
}

const networkInterface = z.object({
  id,
  properties: z.object({
    ipConfigurations: z.array(
      z.object({ properties: z.object({ publicIPAddress: reference.nullish() }).optional() }),
    ),
  }),
});
export const interfacePage = pageOf(networkInterface);

export function sceneInterfaceOf({
  id: resourceId,
  properties,
}: z.infer<typeof networkInterface>): SceneInterface {
  const publicAddressIds = properties.ipConfigurations.flatMap((one) => {
    const address = one.properties?.publicIPAddress;
    return address === null || address === undefined ? [] : [address.id];
  });
  return { resourceId, publicAddressIds };
}

const publicAddress = z.object({
  id,
  properties: z.object({
    publicIPAllocationMethod: z.string().optional(),
    ipAddress: plain(50).optional(),
  }),
});
export const publicAddressPage = pageOf(publicAddress);

export function scenePublicAddressOf({
  id: resourceId,
  properties,
}: z.infer<typeof publicAddress>): ScenePublicAddress {
  const method = properties.publicIPAllocationMethod?.toLowerCase();
  const allocation = method === 'dynamic' || method === 'static' ? method : null;
  return { resourceId, allocation, address: properties.ipAddress ?? null };
}

const scaleSet = z.object({
  id,
  name: plain(200),
  sku: z.object({ capacity: z.number().int().min(0).optional() }).nullish(),
  properties: z.object({ orchestrationMode: z.string().optional() }).optional(),
});
export const scaleSetPage = pageOf(scaleSet);

export function sceneScaleSetOf(body: z.infer<typeof scaleSet>): SceneScaleSet & { readonly id: string } {
  const { id: setId, name: called, sku } = body;
  const uniform = isUniform(body);
  return { id: setId, name: called, isUniform: uniform, instances: sku?.capacity ?? null, isSeen: !uniform };
}
