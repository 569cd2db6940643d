import type { Configuration } from '../config/configuration.js';
import type { ActivityLog } from '../domain/ports/activity-log.js';
import type { ComputeControlPlane } from '../domain/ports/compute-control-plane.js';
import type { CallBudget } from '../domain/ports/call-budget.js';
import { ArmBudget } from './azure/arm-budget.js';
import { ArmClient } from './azure/arm-client.js';
import { armCredential } from './azure/arm-credential.js';
import { AzureActivityLog } from './azure/activity-log.adapter.js';
import { AzureCompute } from './azure/azure-compute.adapter.js';

/** THE list of clouds: another one is one file and one line. */
export const computeProviders = {
  azure: (arm: Configuration['arm'], budget: CallBudget): ComputeControlPlane =>
    new AzureCompute(new ArmClient(arm.endpoint, armCredential(arm), undefined, new ArmBudget(budget))),
} as const;

/** The same clouds' logs of what others did. */
export const activityLogs = {
  azure: (arm: Configuration['arm']): ActivityLog =>
    new AzureActivityLog(new ArmClient(arm.endpoint, armCredential(arm))),
} as const;
