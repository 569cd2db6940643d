import { addMilliseconds, isBefore, type Instant } from '../domain/instants.js';
import type { RequestParticulars } from '../domain/ports/record-stores.js';
import { invalid } from '../domain/refusals.js';

/** The customer's word that somebody may ask for it: given by whom, when, and where it can be found. */
export type Consent = NonNullable<RequestParticulars['consent']>;

/**
 * A consent that will be given is none: 400, but for clocks that differ by the margin. `pointer` is where the consent
 * stands in the body.
 */
export function mustBeGiven(
  consent: Consent | null,
  now: Instant,
  clockMarginMs: number,
  pointer: string,
): void {
  if (consent === null || isBefore(consent.givenAt, addMilliseconds(now, clockMarginMs))) return;
  throw invalid(
    'consent-in-the-future',
    'The consent is dated in the future.',
    'Record it once it was given, with the time at which that was.',
    `${pointer}/givenAt`,
  );
}
