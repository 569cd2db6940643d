import type { Machine } from '../domain/enforcement/machine.js';
import type { Restart } from '../domain/enforcement/restart.js';
import type { Exemption } from '../domain/exemption/exemption.js';
import type { Gate } from '../domain/gate/gate.js';
import type { ConductNote } from '../domain/ports/record-stores.js';

/** What is on record when a look begins. */
export interface Held {
  readonly exemption: Exemption;
  readonly gate: Gate | null;
  readonly note: ConductNote | null;
  readonly machines: readonly Machine[];
  readonly restarts: readonly Restart[];
}
