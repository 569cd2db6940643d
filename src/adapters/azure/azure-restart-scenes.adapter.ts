import type { CallPurpose } from '../../domain/ports/compute-control-plane.js';
import { type RestartScene, RestartScenes } from '../../domain/ports/restart-scenes.js';
import type { ArmClient } from './arm-client.js';
import { listPages } from './arm-listing.js';
import { chargeOf } from './azure-charges.js';
import { AzureCompute } from './azure-compute.adapter.js';
import { azurePolicies } from './azure-policies.js';
import {
  interfacePage,
  publicAddressPage,
  scaleSetPage,
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

/** Nobody's machine waits for it: it takes what others leave (docs/enforcement.md). */
const aPreview: CallPurpose = { region: null, isUrgent: false, givesWay: true };

/** What a restart plan would meet in an Azure subscription: six questions at once, with one patience for all of them. */
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
    const { deallocate, start } = azurePolicies;
    return { subscription, powerStates, ...computed, ...networked, limits: { deallocate, start } };
  }
}

async function computeSide(
  arm: ArmClient,
  subscriptionId: string,
): Promise<Pick<RestartScene, 'machines' | 'scaleSets'>> {
  const listing = (what: string) => {
    const first = `/subscriptions/${subscriptionId}/providers/Microsoft.Compute/${what}?${compute}`;
    return { subscriptionId, first, charge: chargeOf('list', first, aPreview), mostPages };
  };
  const [machines, scaleSets] = await Promise.all([
    listPages(arm, { ...listing('virtualMachines'), page: sceneMachinePage, read: sceneMachineOf }),
    listPages(arm, { ...listing('virtualMachineScaleSets'), page: scaleSetPage, read: sceneScaleSetOf }),
  ]);
  return { machines, scaleSets };
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
