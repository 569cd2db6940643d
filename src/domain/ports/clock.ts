import type { Instant } from '../instants.js';

/** The wall clock, as an argument: a simulated one drives everything in tests. Leases use the database's clock instead. */
export abstract class Clock {
  abstract now(): Instant;
}
