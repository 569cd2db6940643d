import type { CheckSources } from '../fraud/fraud-check.js';

/** Hands out the world to the checks: DNS, the registry's memory, the cloud, and the lists. */
export abstract class CheckWorld {
  abstract sources(): CheckSources;
}
