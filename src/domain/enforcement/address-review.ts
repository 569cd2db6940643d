import type { Finding, FindingOutcome } from '../fraud/fraud-check.js';
import { type Instant, addMilliseconds, isBefore, millisecondsBetween } from '../instants.js';
import type { Found, NewAddress } from './new-addresses.js';
import type { PreviewNote } from './preview-words.js';
import { isInFlight, type Restart } from './restart.js';
import { subjectOf } from './subject-words.js';

/** What DNS says of one address that a machine came back with. */
export interface ReviewedAddress extends NewAddress {
  readonly findings: readonly Finding[];
}

/**
 * What a worker saw of the addresses that an exemption's machines came back with: a stop releases a
 * dynamic public address, and reverse DNS, SPF and blocklists speak of the one of before.
 */
export interface AddressReview {
  readonly exemptionId: string;
  readonly tenantId: string;
  /** The gate move under which the machines were restarted. */
  readonly fence: number;
  /** Null until there was a look that saw the addresses. */
  readonly lookedAt: Instant | null;
  readonly addresses: readonly ReviewedAddress[];
  /** Addresses beyond those, which were not looked at. */
  readonly more: number;
  /** Of the sending domains, whatever the address. */
  readonly domains: Finding | null;
  /** Why the latest look saw nothing, or not every address; null where it did. */
  readonly problem: PreviewNote | null;
  /** Looks so far, without those of the short waits; and looks in a row that did not see every address. */
  readonly looks: number;
  readonly misses: number;
}

/** So many addresses of one exemption are looked at, each at 4 lists and for each domain: no exemption is a flood. */
export const mostReviewed = 16;

const hourMs = 3_600_000;
/** While something is not ready its owner is at work on it: looked at again after so long, and then not any more. */
const againAfterMs = [hourMs, 6 * hourMs, 24 * hourMs, 72 * hourMs, 168 * hourMs];
/**
 * After a look that did not see all of them: 1, 2, 4, 8, 16 and 32 minutes. Then not any more where it saw nothing, and
 * as seldom as ever where an address is missing still.
 */
const firstAgainMs = 60_000;
const mostMisses = 6;
const notSeen = 'addresses-not-seen';
const notAssigned = 'addresses-not-assigned';

/** Machines come back in batches, which one look sees: so long a look that all is seen is not taken again, whoever asks. */
const restMs = 5 * 60_000;

/**
 * Until when a look waits that was asked for: while a machine is on its way there is another to see soon, but for one that
 * something holds up; and machines that come back one by one share their looks. Null where it is taken at once.
 */
export function waitsUntil(
  restarts: readonly Restart[],
  before: Pick<AddressReview, 'lookedAt' | 'misses'> | null,
  now: Instant,
): Instant | null {
  if (restarts.some((one) => isInFlight(one) && one.blocker === null))
    return addMilliseconds(now, firstAgainMs);
  if (before === null || before.lookedAt === null || before.misses > 0) return null;
  const sinceMs = millisecondsBetween(before.lookedAt, now);
  return sinceMs >= 0 && sinceMs < restMs ? addMilliseconds(before.lookedAt, restMs) : null;
}

/** When the addresses are looked at again; null where nothing is left to learn. */
export function nextReviewAt(review: AddressReview, now: Instant): Instant | null {
  const { misses, looks, problem } = review;
  if (misses > 0 && misses <= mostMisses) return addMilliseconds(now, firstAgainMs * 2 ** (misses - 1));
  if (problem?.code === notSeen) return null;
  const mayLearn = problem?.code === notAssigned || review.more > 0 || readinessOf(allOf(review)) !== true;
  const wait = mayLearn ? againAfterMs[looks - 1] : undefined;
  return wait === undefined ? null : addMilliseconds(now, wait);
}

type Kept = Pick<AddressReview, 'exemptionId' | 'tenantId' | 'fence'>;
export type Seen = Pick<AddressReview, 'addresses' | 'more' | 'domains'> & { readonly lookedAt: Instant };

/**
 * What is kept after a look that saw addresses. One that did not see all of them takes none of the waits, until it was tried
 * often; and one that nobody had planned was asked for, because a machine came back: its week begins.
 */
export function looked(
  whose: Kept,
  before: AddressReview | null,
  seen: Seen,
  { pending, unlisted }: Pick<Found, 'pending' | 'unlisted'>,
): AddressReview {
  const kept = before?.fence === whose.fence ? before : null;
  const looks = kept === null || isUnplanned(kept, seen.lookedAt) ? 1 : Math.max(1, looksAfter(kept));
  const misses = pending.length > 0 ? (kept?.misses ?? 0) + 1 : unlisted.length > 0 ? mostMisses + 1 : 0;
  return { ...whose, ...seen, problem: problemOf(pending, unlisted), looks, misses };
}

/** A wait of the week is over, or the next of the short ones within it. */
function looksAfter({ looks, misses }: AddressReview): number {
  return misses > 0 && misses <= mostMisses ? looks : looks + 1;
}

function isUnplanned(kept: AddressReview, at: Instant): boolean {
  if (kept.lookedAt === null || (kept.misses > 0 && kept.misses <= mostMisses)) return false;
  const planned = nextReviewAt(kept, kept.lookedAt);
  return planned === null || isBefore(at, planned);
}

function problemOf(pending: readonly string[], unlisted: readonly string[]): PreviewNote | null {
  const yourself = 'Where they send mail, check reverse DNS and SPF of them yourself.';
  const missing = `The cloud does not say yet which public address each has: ${subjectOf(pending.length, pending)}.`;
  const never = `Addresses of instances of uniform scale sets are not looked at: ${subjectOf(unlisted.length, unlisted)}.`;
  const said = [...(pending.length > 0 ? [missing] : []), ...(unlisted.length > 0 ? [never] : [])];
  if (said.length === 0) return null;
  const code = pending.length > 0 ? notAssigned : 'addresses-not-listed';
  return { code, message: [...said, yourself].join(' ') };
}

/** What is kept after a look that saw nothing: what was seen before, with its age, and why. */
export function missed(
  { exemptionId, tenantId, fence }: Kept,
  before: AddressReview | null,
  code: string,
): AddressReview {
  const kept = before?.fence === fence ? before : null;
  const nothing = { lookedAt: null, addresses: [], more: 0, domains: null };
  const misses = (kept?.misses ?? 0) + 1;
  const looks = kept === null || kept.lookedAt === null ? 0 : looksAfter(kept);
  const again = misses > mostMisses ? 'It is not asked any more' : 'It is asked again';
  const problem = {
    code: notSeen,
    message: `The cloud did not say which addresses the machines came back with (${code}). ${again}; check reverse DNS and SPF of machines with a dynamic address yourself.`,
  };
  return { ...nothing, ...kept, exemptionId, tenantId, fence, looks, misses, problem };
}

/** Why the addresses are not looked at any more: the work on it failed again and again. */
export const reviewGivenUp: PreviewNote = {
  code: 'address-review-given-up',
  message:
    'Looking at the addresses that machines came back with failed again and again, and was given up. An Operator can requeue it; check reverse DNS and SPF of machines with a dynamic address yourself.',
};

/** True: all is well. False: something speaks against an address. Null: not everything was seen, or could be told (I17). */
export function isReady(review: AddressReview): boolean | null {
  const ready = readinessOf(allOf(review));
  return ready === true && (review.more > 0 || review.problem !== null) ? null : ready;
}

function allOf({ addresses, domains }: AddressReview): readonly Finding[] {
  return [...addresses.flatMap(({ findings }) => findings), ...(domains === null ? [] : [domains])];
}

export function readinessOf(findings: readonly Pick<Finding, 'outcome'>[]): boolean | null {
  if (findings.some(isBad)) return false;
  return findings.every(({ outcome }) => outcome === 'pass') ? true : null;
}

/** Whether a finding speaks against what was looked at. */
export function isBad({ outcome }: { readonly outcome: FindingOutcome }): boolean {
  return outcome === 'warn' || outcome === 'fail';
}

/** The addresses that something speaks against and of which the owner was not told yet. */
export function newsOfAddresses(before: AddressReview | null, review: AddressReview): readonly NewAddress[] {
  const keyOf = ({ resourceId, address }: NewAddress) => `${resourceId.toLowerCase()} ${address}`;
  const unready = (one: AddressReview | null) =>
    (one?.addresses ?? []).filter(({ findings }) => findings.some(isBad));
  const told = new Set(unready(before).map(keyOf));
  return unready(review).filter((one) => !told.has(keyOf(one)));
}
