import { type Instant, millisecondsBetween } from '../instants.js';
import type { Machine } from './machine.js';
import { type Restart, unfinishedRestartStates } from './restart.js';

/** When reminders are due while an exemption waits for its owner: after these times, and then again and again. */
export interface ReminderTimes {
  readonly remindAfterMs: readonly number[];
  readonly remindEveryMs: number;
}

/** Since when an exemption has waited for its owner under the present order, and how often it reminded. */
export interface Reminded {
  readonly fence: number;
  readonly since: Instant;
  readonly count: number;
}

/** Which machines are still missing, by what their owner has to do; the first of each by name. */
export interface Missing {
  readonly count: number;
  /** Seen running: never stopped, or restarted from inside, which is the same. */
  readonly running: Named;
  /** Shut down from inside: the host is still allocated. */
  readonly shutDown: Named;
  /** Whatever else it is: each machine's row says it. */
  readonly others: Named;
}
export interface Named {
  readonly count: number;
  readonly names: readonly string[];
}

/** How many reminders are due by now. */
export function remindersDue(waitingMs: number, { remindAfterMs, remindEveryMs }: ReminderTimes): number {
  const first = remindAfterMs.filter((afterMs) => afterMs <= waitingMs).length;
  const last = remindAfterMs.at(-1) ?? 0;
  if (first < remindAfterMs.length) return first;
  return first + Math.floor((waitingMs - last) / remindEveryMs);
}

/**
 * What to remember of reminders, and whether one is due now. Whoever missed several (nobody looked for a week) is
 * reminded once.
 */
export function remind(
  before: Reminded | null,
  waits: { readonly fence: number; readonly now: Instant },
  times: ReminderTimes,
): { readonly reminded: Reminded; readonly isDue: boolean } {
  const { fence, now } = waits;
  const present = before?.fence === fence ? before : { fence, since: now, count: 0 };
  const due = remindersDue(millisecondsBetween(present.since, now), times);
  return {
    reminded: { ...present, count: Math.max(present.count, due) },
    isDue: due > present.count,
  };
}

const namedAtMost = 10;

/** The machines of the present plan that are not proven yet. */
export function missingOf(
  restarts: readonly Restart[],
  machines: ReadonlyMap<string, Pick<Machine, 'powerState'>>,
): Missing {
  const missing = restarts
    .filter((restart) => unfinishedRestartStates.includes(restart.state))
    .toSorted((a, b) => a.name.localeCompare(b.name));
  const doing = (restart: Restart) => {
    if (restart.blocker !== null) return 'others';
    const powerState = machines.get(restart.vmId)?.powerState;
    if (powerState === 'running') return 'running';
    return powerState === 'stopped' || powerState === 'stopping' ? 'shutDown' : 'others';
  };
  const named = (what: string): Named => {
    const names = missing.filter((restart) => doing(restart) === what).map(({ name }) => name);
    return { count: names.length, names: names.slice(0, namedAtMost) };
  };
  const [running, shutDown, others] = [named('running'), named('shutDown'), named('others')];
  return { count: missing.length, running, shutDown, others };
}
