import type { CallPurpose } from './compute-control-plane.js';

/** A machine as the cloud's index shows it: where it is now, or was some minutes ago. */
export interface FoundMachine {
  /** In lower case. */
  readonly vmId: string;
  readonly resourceId: string;
  /** The subscription in which it lies, in lower case. */
  readonly subscriptionId: string;
  readonly name: string;
  readonly location: string;
}

export type MachineSearchAnswer =
  /** Whole: every page was read. Of a machine that has just been moved the index may show its old place, the new one, or both. */
  | { readonly kind: 'answered'; readonly machines: readonly FoundMachine[] }
  | { readonly kind: 'unavailable'; readonly code: string; readonly retryAfterSeconds: number | null };

/**
 * Looks machines up by vmId in every subscription that Postern may see, by one query over all. Its answers lag by minutes:
 * what it does not find proves nothing at once.
 */
export abstract class MachineSearch {
  abstract findByVmId(vmIds: readonly string[], purpose?: CallPurpose): Promise<MachineSearchAnswer>;
}
