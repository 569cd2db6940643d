import type { Finding, FindingOutcome } from '../fraud/fraud-check.js';
import { type Instant, addMilliseconds } from '../instants.js';
import type { NewAddress } from './new-addresses.js';
import type { PreviewNote } from './preview-words.js';

/** What DNS says of one address that a machine came back with. */
export interface ReviewedAddress extends NewAddress {
  readonly findings: readonly Finding[];
}

/**
 * What a worker saw of the addresses that an exemption's machines came back with (domain.md section 5): a stop releases a
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
  /** Why the latest look saw nothing; null where it did. */
  readonly problem: PreviewNote | null;
  /** Looks so far that saw the addresses, and looks in a row that did not. */
  readonly looks: number;
  readonly misses: number;
}

/** So many addresses of one exemption are looked at, each at 4 lists and for each domain: no exemption is a flood. */
export const mostReviewed = 16;

const hourMs = 3_600_000;
/** While something is not ready its owner is at work on it: looked at again after so long, and then not any more. */
const againAfterMs = [hourMs, 6 * hourMs, 24 * hourMs, 72 * hourMs, 168 * hourMs];
/** After a look that saw nothing: 1, 2, 4, 8, 16 and 32 minutes, and then not any more. */
const firstAgainMs = 60_000;
const mostMisses = 6;

/** When the addresses are looked at again; null where nothing is left to learn. */
export function nextReviewAt(review: AddressReview, now: Instant): Instant | null {
  if (review.misses > 0)
    return review.misses > mostMisses ? null : addMilliseconds(now, firstAgainMs * 2 ** (review.misses - 1));
  const wait = isReady(review) === true ? undefined : againAfterMs[review.looks - 1];
  return wait === undefined ? null : addMilliseconds(now, wait);
}

/** What is kept after a look that saw nothing: what was seen before, with its age, and why. */
export function missed(
  { exemptionId, tenantId, fence }: Pick<AddressReview, 'exemptionId' | 'tenantId' | 'fence'>,
  before: AddressReview | null,
  code: string,
): AddressReview {
  const kept = before?.fence === fence ? before : null;
  const nothing = { lookedAt: null, addresses: [], more: 0, domains: null, looks: 0 };
  const misses = (kept?.misses ?? 0) + 1;
  const again = misses > mostMisses ? 'It is not asked any more' : 'It is asked again';
  const problem = {
    code: 'addresses-not-seen',
    message: `The cloud did not say which addresses the machines came back with (${code}). ${again}; check reverse DNS and SPF of machines with a dynamic address yourself.`,
  };
  return { ...nothing, ...kept, exemptionId, tenantId, fence, misses, problem };
}

/** Why the addresses are not looked at any more: the work on it failed again and again. */
export const reviewGivenUp: PreviewNote = {
  code: 'address-review-given-up',
  message:
    'Looking at the addresses that machines came back with failed again and again, and was given up. An Operator can requeue it; check reverse DNS and SPF of machines with a dynamic address yourself.',
};

/** True: all is well. False: something speaks against an address. Null: not everything could be told (I17). */
export function isReady({ addresses, more, domains }: AddressReview): boolean | null {
  const outcomes = [...addresses.flatMap(({ findings }) => findings), ...(domains === null ? [] : [domains])];
  return more > 0 && !outcomes.some(isBad) ? null : readinessOf(outcomes);
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
