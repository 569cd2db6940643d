import type { Configuration } from '../config/configuration.js';
import type { ActivityLog } from '../domain/ports/activity-log.js';
import type { ComputeControlPlane } from '../domain/ports/compute-control-plane.js';
import type { MachineSearch } from '../domain/ports/machine-search.js';
import type { RestartScenes } from '../domain/ports/restart-scenes.js';
import type { CallBudget } from '../domain/ports/call-budget.js';
import { ArmBudget } from './azure/arm-budget.js';
import { ArmClient } from './azure/arm-client.js';
import { armCredential } from './azure/arm-credential.js';
import { AzureActivityLog } from './azure/activity-log.adapter.js';
import { AzureCompute } from './azure/azure-compute.adapter.js';
import { AzureRestartScenes } from './azure/azure-restart-scenes.adapter.js';
import { AzureMachineSearch } from './azure/resource-graph.adapter.js';

/** What a cloud is to Postern: its control plane, its log, and looks at what a plan would meet there. */
export interface Cloud {
  readonly compute: ComputeControlPlane;
  readonly scenes: RestartScenes;
  /** What others did there. */
  readonly log: ActivityLog;
  /** Where machines are, over all subscriptions. */
  readonly search: MachineSearch;
}

/** THE list of clouds: another one is one file and one line. */
export const computeProviders = {
  azure: (arm: Configuration['arm'], budget: CallBudget): Cloud => {
    const client = new ArmClient(arm.endpoint, armCredential(arm), undefined, new ArmBudget(budget));
    return {
      compute: new AzureCompute(client),
      scenes: new AzureRestartScenes(client),
      log: new AzureActivityLog(client),
      search: new AzureMachineSearch(client),
    };
  },
} as const;
