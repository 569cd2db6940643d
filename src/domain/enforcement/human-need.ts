import type { Exemption } from '../exemption/exemption.js';
import { type Instant, millisecondsBetween } from '../instants.js';
import type { Blocker } from './restart.js';
import { subjectOf } from './subject-words.js';
import type { Trouble, TroubleKind } from './troubles.js';
import { troubleWords } from './trouble-words.js';

/**
 * Why a support engineer is needed, worst first, in their words; null where none is. A machine that Postern stopped and
 * cannot start, whatever became of the right; one that was given up; and, while a right is being ended, one that is
 * blocked, or that it takes longer than one operation may (20 minutes).
 */
export function humanNeed(
  exemption: Exemption,
  troubles: readonly Trouble[],
  rules: { readonly now: Instant; readonly deadlineMs: number },
): Blocker | null {
  const down = worded(troubles, 'down', 'machines-down', (who) => `Postern stopped ${who} and cannot start`);
  if (down !== null) return down;
  if (exemption.endedAt !== null) return null;
  const failed = worded(troubles, 'failed', 'machines-failed', (who) => `${who}: given up`);
  if (failed !== null) return failed;
  if (exemption.state !== 'revoking' && exemption.state !== 'expiring') return null;
  const blocked = worded(troubles, 'blocked', 'ending-blocked', (who) => `${who} cannot be closed`);
  return blocked ?? (takesTooLong(exemption, rules) ? tooLong : null);
}

const tooLong: Blocker = {
  code: 'ending-takes-long',
  message:
    'Ending the right takes longer than an operation may. The rows of its machines and its problem say what it waits for; it never ends by giving up.',
};

function takesTooLong(
  { state, revocation }: Exemption,
  { now, deadlineMs }: { readonly now: Instant; readonly deadlineMs: number },
): boolean {
  const since = state === 'revoking' ? (revocation?.at ?? null) : null;
  return since !== null && millisecondsBetween(since, now) > deadlineMs;
}

function worded(
  troubles: readonly Trouble[],
  kind: TroubleKind,
  code: string,
  sentence: (who: string) => string,
): Blocker | null {
  const [first, ...others] = troubles.filter((trouble) => trouble.kind === kind);
  if (first === undefined) return null;
  const { cause, next } = troubleWords(first.code, first.direction);
  const names = first.restarts.map(({ name }) => name);
  const more = others.length === 0 ? '' : ` ${String(others.length)} more causes beside it.`;
  return { code, message: `${sentence(subjectOf(names.length, names))}: ${cause}. ${next}${more}` };
}
