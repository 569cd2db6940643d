import type { Instant } from '../instants.js';

/** Where the restart of one machine in one direction stands (docs/policy.md). */
export type RestartState =
  | 'waiting'
  | 'deallocating'
  | 'starting'
  | 'blocked'
  | 'failed'
  | 'skipped'
  | 'absent'
  | 'resting'
  | 'restarted'
  | 'gone'
  | 'superseded'
  | 'created-after';

export type Direction = 'enable' | 'revoke';

/** How a machine was found when its restart was planned: what a managed restart restores. */
export type FoundAs = 'running' | 'stopped' | 'no-host' | 'unknown';

/** Why a restart does not go on, in words for its reader: what stands in the way, and what to do. */
export interface Blocker {
  readonly code: string;
  readonly message: string;
}

/** A blocker with the instant since which it stands in the way. */
export interface StandingBlocker extends Blocker {
  readonly since: Instant;
}

/** One machine made to feel the gate, in one direction: keyed by exemption, `vmId`, direction, fence and round. */
export interface Restart {
  readonly id: string;
  readonly state: RestartState;
  readonly version: number;
  readonly exemptionId: string;
  readonly requestId: string;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly vmId: string;
  readonly direction: Direction;
  readonly fence: number;
  /** From 1; a machine that was proven, and turns out not to be, is planned again under the same fence. */
  readonly round: number;
  readonly resourceId: string;
  readonly name: string;
  readonly found: FoundAs;
  /** True from the moment we ask for its host until it is started again: such a machine is ours to start (I18). */
  readonly stoppedByUs: boolean;
  readonly blocker: StandingBlocker | null;
}

/** States in which work is under way or awaited; `failed` waits for a human. */
export const unfinishedRestartStates: readonly RestartState[] = [
  'waiting',
  'deallocating',
  'starting',
  'blocked',
  'failed',
  'skipped',
];

/** Whether a machine of these that Postern stopped waits to be started: that outlives the plan, and the right itself (I18). */
export function owesStart(restarts: readonly Restart[]): boolean {
  return restarts.some((one) => one.stoppedByUs && unfinishedRestartStates.includes(one.state));
}

/** Whether a machine that Postern stopped is not on its way by itself: it has to be resumed, or somebody has to be told (I18). */
export function isHeldUp(restart: Restart): boolean {
  return owesStart([restart]) && !(isInFlight(restart) && restart.blocker === null);
}

/** States in which one of our power operations is under way. */
export function isInFlight(restart: Restart): boolean {
  return restart.state === 'deallocating' || restart.state === 'starting';
}
