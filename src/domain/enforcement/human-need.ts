import { directionOf, type Exemption } from '../exemption/exemption.js';
import type { Gate } from '../gate/gate.js';
import { type Instant, millisecondsBetween } from '../instants.js';
import type { Blocker } from './restart.js';
import { subjectOf } from './subject-words.js';
import type { Trouble, TroubleKind } from './troubles.js';
import { troubleWords } from './trouble-words.js';

/**
 * Why a support engineer is needed, worst first, in their words; null where none is. A machine that Postern stopped and
 * cannot start, whatever became of the right; one that was given up; a gate that does not close; and, while machines are
 * closed (a revocation, an expiry, a suspension that closes them), one that is blocked, or that ending the right takes
 * longer than one operation may (20 minutes).
 */
export function humanNeed(
  exemption: Exemption,
  gate: Gate | null,
  troubles: readonly Trouble[],
  rules: Patience,
): Blocker | null {
  const down = worded(troubles, 'down');
  if (down !== null) return down;
  if (exemption.endedAt !== null) return null;
  const failed = worded(troubles, 'failed');
  if (failed !== null) return failed;
  if (gate?.state === 'closing' && isOverdue(gate.orderedAt, rules)) return gateStaysOpen;
  if (directionOf(exemption) !== 'revoke') return null;
  const blocked = worded(troubles, 'blocked');
  return blocked ?? (takesTooLong(exemption, gate, rules) ? tooLong : null);
}

/** What is waited for, and since when it is too long. */
interface Patience {
  readonly now: Instant;
  readonly deadlineMs: number;
}

const gateStaysOpen: Blocker = {
  code: 'gate-does-not-close',
  message:
    'The platform’s gate was ordered to close and has not confirmed it for longer than an operation may take. It is asked again, at most 5 minutes apart; until it answers, machines that start are open. Look at the gate’s own service.',
};

const tooLong: Blocker = {
  code: 'ending-takes-long',
  message:
    'Ending the right takes longer than an operation may. The rows of its machines and its problem say what it waits for; it never ends by giving up.',
};

/** An end is ordered together with the gate's closing. A suspension has no end of its own that would be overdue. */
function takesTooLong({ state, fence }: Exemption, gate: Gate | null, rules: Patience): boolean {
  if (state !== 'revoking' && state !== 'expiring') return false;
  return gate?.fence === fence && isOverdue(gate.orderedAt, rules);
}

function isOverdue(since: Instant, { now, deadlineMs }: Patience): boolean {
  return millisecondsBetween(since, now) > deadlineMs;
}

const needs: Readonly<Record<TroubleKind, { readonly code: string; sentence: (who: string) => string }>> = {
  down: { code: 'machines-down', sentence: (who) => `Postern stopped ${who} and cannot start` },
  failed: { code: 'machines-failed', sentence: (who) => `${who}: given up` },
  blocked: { code: 'ending-blocked', sentence: (who) => `${who} cannot be closed` },
};

/** Whether a trouble takes a support engineer. A machine that cannot be stopped holds up nobody but its owner, unless a right is ended. */
export function takesEngineer({ kind, direction }: Pick<Trouble, 'kind' | 'direction'>): boolean {
  return kind !== 'blocked' || direction === 'revoke';
}

/** Troubles of one kind as a need of an engineer, the first of them in words; null where there are none. */
export function worded(troubles: readonly Trouble[], kind: TroubleKind): Blocker | null {
  const [first, ...others] = troubles.filter((trouble) => trouble.kind === kind);
  if (first === undefined) return null;
  const { code, sentence } = needs[kind];
  const { cause, next } = troubleWords(first.code, first.direction);
  const names = first.restarts.map(({ name }) => name);
  const more = others.length === 0 ? '' : ` ${String(others.length)} more causes beside it.`;
  return { code, message: `${sentence(subjectOf(names.length, names))}: ${cause}. ${next}${more}` };
}
