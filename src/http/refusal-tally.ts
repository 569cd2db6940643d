import type { Access } from '../application/record-access.js';
import type { Caller } from '../domain/access/actor.js';

const windowMs = 60_000;
/** Refused attempts of one caller that get an entry of their own in a minute; what goes on is counted. */
const mostEntries = 10;
/** What one line names of a caller's minute: kinds of refusal, and what they were about. */
const mostKinds = 20;
const mostSubjects = 20;
/** Callers that are counted at a time: some 20 MB at the very most. */
const mostCallers = 5_000;

/** What one caller was refused within a minute beyond the attempts that have entries of their own. */
interface Slot {
  readonly caller: Caller;
  readonly traceId: string;
  readonly since: number;
  readonly recorded: Set<string>;
  readonly kinds: Map<string, { readonly details: Access['details']; count: number }>;
  readonly subjects: Set<string>;
  count: number;
}

/** A minute of refusals as one line of the audit. */
export interface CountedRefusals {
  readonly caller: Caller;
  readonly traceId: string;
  readonly access: Access;
}

/**
 * Counts refused attempts a minute, so that nobody makes the audit grow by being refused: the first of a caller's minute
 * stand in it one by one, and all others as one line that says how many there were, of what kinds and about what (I16).
 */
export class RefusalTally {
  private readonly slots = new Map<string, Slot>();

  constructor(private readonly now: () => number = Date.now) {}

  /** True where this attempt gets an entry of its own; else it was counted. */
  isRecordedAlone(caller: Caller, traceId: string, access: Access): boolean {
    const slot = this.slotOf(caller, traceId);
    if (slot === null) return true;
    const same = JSON.stringify(access);
    if (!slot.recorded.has(same) && slot.recorded.size < mostEntries) {
      slot.recorded.add(same);
      return true;
    }
    count(slot, access);
    return false;
  }

  /** Takes the lines of all minutes that are over, or of all. */
  take(isEnd: boolean): readonly CountedRefusals[] {
    const over = [...this.slots].filter(([, { since }]) => isEnd || since + windowMs <= this.now());
    for (const [who] of over) this.slots.delete(who);
    return over.flatMap(([, slot]) => (slot.count === 0 ? [] : [lineOf(slot)]));
  }

  private slotOf(caller: Caller, traceId: string): Slot | null {
    const who = `${caller.tenantId} ${caller.objectId}`;
    const known = this.slots.get(who);
    if (known !== undefined) return known;
    if (this.slots.size >= mostCallers) return null;
    const counts = { recorded: new Set<string>(), kinds: new Map(), subjects: new Set<string>(), count: 0 };
    const slot: Slot = { caller, traceId, since: this.now(), ...counts };
    this.slots.set(who, slot);
    return slot;
  }
}

function count(slot: Slot, { subject, details }: Access): void {
  slot.count += 1;
  if (subject.type !== 'route' && slot.subjects.size < mostSubjects) slot.subjects.add(subject.id);
  const { route, status, codes } = details;
  const kind = JSON.stringify([route, status, codes]);
  const known = slot.kinds.get(kind);
  if (known !== undefined) known.count += 1;
  else if (slot.kinds.size < mostKinds) slot.kinds.set(kind, { details: { route, status, codes }, count: 1 });
}

function lineOf({ caller, traceId, since, kinds, subjects, count }: Slot): CountedRefusals {
  const from = new Date(since).toISOString();
  const details = {
    count,
    since: from,
    until: new Date(since + windowMs).toISOString(),
    kinds: [...kinds.values()].map((kind) => ({ ...kind.details, count: kind.count })),
    about: [...subjects],
  };
  return { caller, traceId, access: { action: 'refused', subject: { type: 'minute', id: from }, details } };
}
