import type { CallPurpose, Listing, PowerSighting } from '../../domain/ports/compute-control-plane.js';
import { type RestartScene, RestartScenes, type SceneScaleSet } from '../../domain/ports/restart-scenes.js';
import type { ArmClient } from './arm-client.js';
import { listPages } from './arm-listing.js';
import { chargeOf } from './azure-charges.js';
import { AzureCompute } from './azure-compute.adapter.js';
import { azurePolicies } from './azure-policies.js';
import {
  interfacePage,
  publicAddressPage,
  scaleSetPage,
  sceneInstanceOf,
  sceneInterfaceOf,
  sceneMachineOf,
  sceneMachinePage,
  scenePublicAddressOf,
  sceneScaleSetOf,
} from './azure-scene-shapes.js';

/** api-versions as the providers publish them. */
const compute = 'api-version=2025-04-01';
const network = 'api-version=2024-05-01';
/** A look that needs more pages of one kind does not come to its end in a few seconds anyway. */
const mostPages = 50;
/** Uniform sets that are looked into; those beyond are named as not looked at. */
const mostSets = 20;

/** Nobody's machine waits for it: it takes what others leave (docs/enforcement.md). */
const aPreview: CallPurpose = { region: null, isUrgent: false, givesWay: true };

/**
 * What a restart plan would meet in an Azure subscription: six questions at once, one more a uniform
 * scale set, with one patience for all of them.
 */
export class AzureRestartScenes extends RestartScenes {
  constructor(private readonly arm: ArmClient) {
    super();
  }

  override async look(subscriptionId: string, withinMs: number): Promise<RestartScene> {
    const arm = this.arm.impatient(AbortSignal.timeout(withinMs));
    const cloud = new AzureCompute(arm);
    const [subscription, powerStates, computed, networked] = await Promise.all([
      cloud.readSubscription(subscriptionId, aPreview),
      cloud.listPowerStates(subscriptionId, aPreview),
      computeSide(arm, subscriptionId),
      networkSide(arm, subscriptionId),
    ]);
    const { deallocate, start, deallocateInstance, startInstance } = azurePolicies;
    const { instances, ...scene } = { ...computed, ...networked };
    return {
      ...scene,
      subscription,
      powerStates: joined(powerStates, instances),
      limits: { deallocate, start, deallocateInstance, startInstance },
    };
  }
}

type Scenes<K extends keyof RestartScene> = Pick<RestartScene, K>;

/** Machines, sets, and the instances of uniform sets with their power states. */
async function computeSide(
  arm: ArmClient,
  subscriptionId: string,
): Promise<Scenes<'machines' | 'scaleSets'> & { readonly instances: readonly PowerSighting[] }> {
  const provider = `/subscriptions/${subscriptionId}/providers/Microsoft.Compute`;
  const [own, { sets, looked }] = await Promise.all([
    listPages(arm, {
      ...computeListing(subscriptionId, `${provider}/virtualMachines`),
      page: sceneMachinePage,
      read: sceneMachineOf,
    }),
    setsWithInstances(arm, subscriptionId, `${provider}/virtualMachineScaleSets`),
  ]);
  if (sets.kind === 'incomplete') return { machines: own, scaleSets: sets, instances: [] };
  const seen = new Set(looked.flatMap(({ set, found }) => (found === null ? [] : [set.id])));
  const items = sets.items.map((set) => ({ ...set, isSeen: set.isSeen || seen.has(set.id) }));
  const instances = looked.flatMap(({ found }) => found ?? []);
  const machines = instances.map(({ machine }) => machine);
  return {
    machines: joined(own, machines),
    scaleSets: { kind: 'complete', items },
    instances: instances.map(({ power }) => power),
  };
}

/** The sets, and the instances of those that are uniform as soon as the sets are known. */
async function setsWithInstances(arm: ArmClient, subscriptionId: string, path: string) {
  const order = { ...computeListing(subscriptionId, path), page: scaleSetPage, read: sceneScaleSetOf };
  const sets = await listPages(arm, order);
  const looked = sets.kind === 'incomplete' ? [] : await instancesOf(arm, subscriptionId, sets.items);
  return { sets, looked };
}

/** The instances of uniform sets, a set each; null where they are not listed whole. */
function instancesOf<S extends SceneScaleSet & { readonly id: string }>(
  arm: ArmClient,
  subscriptionId: string,
  sets: readonly S[],
) {
  const uniform = sets.filter(({ isUniform, instances }) => isUniform && instances !== 0);
  return Promise.all(
    uniform.slice(0, mostSets).map(async (set) => {
      const pages = computeListing(subscriptionId, `${set.id}/virtualMachines`, '&$expand=instanceView');
      const found = await listPages(arm, { ...pages, page: sceneMachinePage, read: sceneInstanceOf });
      return { set, found: found.kind === 'complete' ? found.items : null };
    }),
  );
}

function computeListing(subscriptionId: string, path: string, query = '') {
  const first = `${path}?${compute}${query}`;
  return { subscriptionId, first, charge: chargeOf('list', first, aPreview), mostPages };
}

function joined<T>(listing: Listing<T>, more: readonly T[]): Listing<T> {
  return listing.kind === 'complete' ? { kind: 'complete', items: [...listing.items, ...more] } : listing;
}

/** The network provider has a bucket of its own: its trouble is none of the machines'. */
async function networkSide(
  arm: ArmClient,
  subscriptionId: string,
): Promise<Pick<RestartScene, 'interfaces' | 'publicAddresses'>> {
  const listing = (what: string) => {
    const first = `/subscriptions/${subscriptionId}/providers/Microsoft.Network/${what}?${network}`;
    return { subscriptionId, first, charge: chargeOf('networkReads', first, aPreview), mostPages };
  };
  const [interfaces, publicAddresses] = await Promise.all([
    listPages(arm, { ...listing('networkInterfaces'), page: interfacePage, read: sceneInterfaceOf }),
    listPages(arm, { ...listing('publicIPAddresses'), page: publicAddressPage, read: scenePublicAddressOf }),
  ]);
  return { interfaces, publicAddresses };
}
