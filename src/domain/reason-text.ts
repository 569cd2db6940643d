/** Everything a code says, to whom, and what it may be used for. */
export interface ReasonText {
  readonly customerText: string;
  readonly partnerText: string;
  /** For platform staff only: it may name the suspicion. */
  readonly internalText: string;
  /** What the one who is refused can do. Never empty: silence is not an outcome. */
  readonly nextStep: string;
  readonly mayApplyAgain: boolean;
  /** The code that leaves the house: fraud suspicions share a neutral one, so that nobody learns which check spoke. */
  readonly publicCode: string;
  /** The fraud checks this code rests on: nobody denies with it while one of them could not look (I17). */
  readonly checks: readonly string[];
  readonly usableForDenial: boolean;
  readonly usableForRevocation: boolean;
}

/** What a code may be used for; most rest on no check. */
export const forNothing = { checks: [], usableForDenial: false, usableForRevocation: false } as const;
export const forDenial = { checks: [], usableForDenial: true, usableForRevocation: false } as const;
export const forRevocation = { checks: [], usableForDenial: false, usableForRevocation: true } as const;
export const forBoth = { checks: [], usableForDenial: true, usableForRevocation: true } as const;

export const useARelay =
  'Send through an authenticated relay on port 587 or 443: that is never restricted, for any offer.';
