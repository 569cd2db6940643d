import { type AddressReview, isReady, readinessOf } from '../../domain/enforcement/address-review.js';
import { notesOn } from '../../domain/enforcement/address-words.js';
import type { PreviewNote } from '../../domain/enforcement/preview-words.js';
import type { Exemption } from '../../domain/exemption/exemption.js';
import type { Finding } from '../../domain/fraud/fraud-check.js';
import type { Instant } from '../../domain/instants.js';
import type { Transaction } from '../../domain/ports/unit-of-work.js';

/** What the owner reads of the addresses that machines came back with: what is ready to send, and what is to be done. */
export interface AddressReviewView {
  readonly lookedAt: Instant | null;
  /** Null where not everything could be told. */
  readonly ready: boolean | null;
  readonly addresses: readonly {
    readonly machine: string;
    readonly address: string;
    readonly ready: boolean | null;
    readonly notes: readonly PreviewNote[];
  }[];
  /** Addresses beyond those, which were not looked at. */
  readonly more: number;
  /** On the sending domains, whatever the address. */
  readonly notes: readonly PreviewNote[];
  readonly problem: PreviewNote | null;
}

/** What was found, for staff; the address is null where it is about the sending domains. */
export interface AddressFinding extends Finding {
  readonly address: string | null;
}

/** The review that speaks of the exemption as it stands; null where there is none. */
export async function reviewFor(
  tx: Transaction,
  { id, state, fence }: Exemption,
): Promise<AddressReview | null> {
  const review = state === 'effective' ? await tx.addressReviews.find(id) : null;
  return review?.fence === fence ? review : null;
}

export function presentAddressReview(review: AddressReview | null): AddressReviewView | null {
  if (review === null) return null;
  const { lookedAt, addresses, more, domains, problem } = review;
  return {
    lookedAt,
    ready: isReady(review),
    addresses: addresses.map(({ machine, address, findings }) => ({
      machine,
      address,
      ready: readinessOf(findings),
      notes: notesOn(address, findings),
    })),
    more,
    notes: domains === null ? [] : notesOn('the sending domains', [domains]),
    problem,
  };
}

export function findingsOf(review: AddressReview | null): readonly AddressFinding[] {
  if (review === null) return [];
  const ofDomains = review.domains === null ? [] : [{ ...review.domains, address: null }];
  return [
    ...review.addresses.flatMap(({ address, findings }) => findings.map((one) => ({ ...one, address }))),
    ...ofDomains,
  ];
}
