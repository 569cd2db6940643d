import {
  chanceOf,
  isStretched,
  notPastWindow,
  type Pace,
  waitMs,
} from '../domain/enforcement/look-cadence.js';
import type { Exemption } from '../domain/exemption/exemption.js';
import { addMilliseconds, isBefore, type Instant } from '../domain/instants.js';
import type { ConductNote } from '../domain/ports/record-stores.js';
import type { Settings } from '../domain/ports/settings.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';

export interface PlannedLook {
  readonly quietLooks: number;
  readonly nextLookAt: Instant;
}

/** What a look came to, as far as the next one follows from it. */
export interface LookOutcome {
  readonly pace: Pace;
  /** Something was different from the look before. */
  readonly stirred: boolean;
}

/**
 * Plans the next look of an exemption. A look that came earlier than it was planned was asked for: by a step of ours that
 * ended, a hint of the cloud, its owner's word, an order, another plan. What it asked about may take a moment to show,
 * so the interval begins anew.
 */
export async function planNextLook(
  tx: Transaction,
  settings: Settings,
  about: { readonly exemption: Exemption; readonly note: ConductNote; readonly now: Instant },
  { pace, stirred }: LookOutcome,
): Promise<PlannedLook> {
  const { exemption, note, now } = about;
  const isAskedFor = note.nextLookAt !== null && isBefore(now, note.nextLookAt);
  const quietLooks = stirred || isAskedFor ? 0 : note.quietLooks + 1;
  const live = isStretched(pace, quietLooks, settings) ? await tx.exemptions.countLive() : 1;
  const share = { live, chance: chanceOf(exemption.id) };
  const wait = notPastWindow(waitMs(pace, quietLooks, share, settings), exemption, now);
  return { quietLooks, nextLookAt: addMilliseconds(now, wait) };
}
