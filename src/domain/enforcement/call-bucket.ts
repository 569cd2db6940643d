/** How many calls the cloud lets through at once, and how many more each minute. */
export interface BucketSize {
  readonly burst: number;
  readonly perMinute: number;
}

/** What is known of one of the cloud's counters. Instants are milliseconds since the epoch, of the clock port. */
export interface CallBucket {
  readonly level: number;
  readonly refilledAtMs: number;
  /** Until when the line of those who were told to come back reaches. */
  readonly lineUntilMs: number;
  /** Nobody calls before; because the cloud said so, or because it did not answer. */
  readonly closedUntilMs: number;
  /** Answers that were none, in a row. */
  readonly strikes: number;
  /** One call at a time until one is served: the cloud went silent, or repeated itself. */
  readonly isSuspect: boolean;
  /** That one call is under way. */
  readonly isProbing: boolean;
  /** Tokens that urgent callers were told to come back for, and until when they are kept for them. */
  readonly kept: number;
  readonly keptUntilMs: number;
}

export type Taking = { readonly kind: 'granted' } | { readonly kind: 'denied'; readonly inMs: number };

/** What an answer says of the budget. `left` is the cloud's own count, null where it told none. */
export type CloudWord =
  | { readonly kind: 'served'; readonly left: number | null }
  | { readonly kind: 'throttled'; readonly left: number | null; readonly waitMs: number | null }
  | { readonly kind: 'failed' };

/** Longer than a call may take (30 s): a probe whose worker died does not keep the bucket shut. */
const probeMs = 35_000;
/** While a probe is under way the others ask again every 2 seconds: a question to our own tables, none to the cloud. */
const askAgainMs = 2_000;
/** An urgent caller's token is kept for so long after it was due. */
const keptForMs = 5_000;
/** With ten tokens to take there is no line any more, whoever was told to come back. */
const noLineFrom = 10;
/** Whoever gives way leaves so many tokens: somebody else's work is about to need them. */
const leftFor = noLineFrom;
/** Calls that may be under way while the cloud counts: its count is believed upwards only beyond them. */
const underWay = 16;

/** A bucket that nobody has taken from yet. */
export function fullBucket(size: BucketSize, nowMs: number): CallBucket {
  return {
    level: size.burst,
    refilledAtMs: nowMs,
    lineUntilMs: 0,
    closedUntilMs: 0,
    strikes: 0,
    isSuspect: false,
    isProbing: false,
    kept: 0,
    keptUntilMs: 0,
  };
}

/** One, less what is lost in adding fractions. */
const oneToken = 1 - 1e-6;

const msAToken = ({ perMinute }: BucketSize) => 60_000 / perMinute;

/** The bucket as it is now. A clock that was set back takes nothing away, and gives nothing twice. */
function refilled(bucket: CallBucket, size: BucketSize, nowMs: number): CallBucket {
  const elapsedMs = Math.max(0, nowMs - bucket.refilledAtMs);
  const level = Math.min(size.burst, bucket.level + elapsedMs / msAToken(size));
  const kept = nowMs < bucket.keptUntilMs ? bucket.kept : 0;
  // More than the burst is the cloud's own word: what it grants is not cut down to what is published.
  return {
    ...bucket,
    level: Math.max(bucket.level, level),
    refilledAtMs: Math.max(bucket.refilledAtMs, nowMs),
    kept,
  };
}

/** Who asks for a token, and when. */
export interface Taker {
  readonly nowMs: number;
  readonly isUrgent: boolean;
  /** Nobody's machine waits for it. */
  readonly givesWay?: boolean;
}

/**
 * Takes a token, or says when to come back: each caller at a time of its own, as tokens come, so that a plan of ten
 * thousand machines asks twice a machine and not again and again. An urgent caller does not stand in line, and the token
 * that it was told to come back for is kept for it. Whoever gives way is let through only where nobody waits and nothing is
 * suspected, and has no place in the line: the one call that shows whether the cloud answers again is not theirs.
 */
export function takeToken(
  bucket: CallBucket,
  size: BucketSize,
  { nowMs, isUrgent, givesWay = false }: Taker,
): { readonly bucket: CallBucket; readonly taking: Taking } {
  const now = refilled(bucket, size, nowMs);
  const shutForMs = now.closedUntilMs - nowMs;
  if (givesWay && !hasRoom(now, size, nowMs)) return denied(now, Math.max(askAgainMs, shutForMs));
  if (shutForMs > 0) return denied(now, now.isProbing ? Math.min(askAgainMs, shutForMs) : shutForMs);
  if (now.level >= oneToken + (isUrgent ? 0 : now.kept)) return granted(now, nowMs, isUrgent);
  const waitMs = (1 - Math.min(1, now.level)) * msAToken(size);
  if (isUrgent) {
    const dueInMs = waitMs + now.kept * msAToken(size);
    const keptUntilMs = Math.max(now.keptUntilMs, nowMs + dueInMs + keptForMs);
    return denied({ ...now, kept: now.kept + 1, keptUntilMs }, dueInMs);
  }
  const lineUntilMs = Math.max(nowMs + waitMs + now.kept * msAToken(size), now.lineUntilMs + msAToken(size));
  return denied({ ...now, lineUntilMs }, lineUntilMs - nowMs);
}

function hasRoom(bucket: CallBucket, size: BucketSize, nowMs: number): boolean {
  if (bucket.isSuspect || bucket.closedUntilMs > nowMs || bucket.lineUntilMs > nowMs) return false;
  return bucket.level >= Math.min(leftFor, size.burst / 2) + bucket.kept + oneToken;
}

function denied(bucket: CallBucket, inMs: number) {
  return { bucket, taking: { kind: 'denied', inMs: Math.max(1, Math.ceil(inMs)) } } as const;
}

function granted(bucket: CallBucket, nowMs: number, isUrgent: boolean) {
  const level = bucket.level - 1;
  return {
    bucket: {
      ...bucket,
      level,
      lineUntilMs: level >= noLineFrom ? Math.min(bucket.lineUntilMs, nowMs) : bucket.lineUntilMs,
      kept: isUrgent ? Math.max(0, bucket.kept - 1) : bucket.kept,
      isProbing: bucket.isSuspect,
      closedUntilMs: bucket.isSuspect ? nowMs + probeMs : bucket.closedUntilMs,
    },
    taking: { kind: 'granted' },
  } as const;
}

/**
 * What an answer teaches. The cloud's word wins over our count: it lowers it at once, and raises it beyond the calls that
 * may be under way. `chance` is any number from 0 to 1: it keeps workers apart where we have to guess how long to wait.
 */
export function heardOf(
  bucket: CallBucket,
  size: BucketSize,
  word: CloudWord,
  { nowMs, chance }: { readonly nowMs: number; readonly chance: number },
): CallBucket {
  const now = refilled(bucket, size, nowMs);
  if (word.kind === 'served') {
    const level = corrected(now.level, word.left);
    const closedUntilMs = now.isProbing ? nowMs : now.closedUntilMs;
    return { ...now, level, strikes: 0, isSuspect: false, isProbing: false, closedUntilMs };
  }
  const toldMs = word.kind === 'throttled' ? word.waitMs : null;
  const level = word.kind === 'throttled' && word.left !== null ? Math.min(now.level, word.left) : now.level;
  // Calls of before it was shut are answered late: they are the same trouble, not another one.
  if (nowMs < now.closedUntilMs && !now.isProbing)
    return { ...now, level, closedUntilMs: Math.max(now.closedUntilMs, nowMs + (toldMs ?? 0)) };
  const strikes = now.strikes + 1;
  return {
    ...now,
    level,
    strikes,
    isSuspect: toldMs === null || strikes > 1,
    isProbing: false,
    closedUntilMs: nowMs + (toldMs ?? ownBackOffMs(strikes, chance)),
  };
}

/** Where the cloud does not say: 1, 2, 4, 8, 16, 32, then 60 seconds, of which chance takes up to a half. */
function ownBackOffMs(strikes: number, chance: number): number {
  return Math.min(60_000, 1_000 * 2 ** (strikes - 1)) * (1 - chance / 2);
}

function corrected(level: number, left: number | null): number {
  if (left === null) return level;
  return left < level ? left : Math.max(level, left - underWay);
}

/** Whether an answer changes nothing that the next caller would not see as well: then it need not be written down. */
export function isNoNews(bucket: CallBucket, word: CloudWord): boolean {
  if (word.kind !== 'served' || bucket.strikes > 0 || bucket.isProbing) return false;
  return word.left === null || (word.left >= bucket.level - 1 && word.left - underWay <= bucket.level);
}
