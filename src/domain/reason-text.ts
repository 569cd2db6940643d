/** What a code rests on, which decides when it may be said (docs/policy.md, Reasons). */
export type ReasonGround =
  /** The judgement of the person who decides. */
  | 'judgement'
  /** A finding of the last round of checks that speaks for it: `warn` or `fail`. */
  | 'finding'
  /** A rule of the policy, or a registered fact, that says the same now. */
  | 'rule';

/** What a reader who was refused may do once they did what the next step says. */
export type Afterwards =
  /** The reader can mend it, and may file as soon as that is done: nothing has to be waited for. */
  | 'file-when-mended'
  /** A decision of judgement: a new request waits for the date of the decision. */
  | 'wait'
  /** Nothing to file: never, or somebody else has to. */
  | 'nothing';

/** What a code may be used for by a person who decides. */
export type ReasonUse = 'denial' | 'suspension' | 'revocation';

/** Everything a code says, to whom, and what it may be used for. */
export interface ReasonText {
  readonly customerText: string;
  readonly partnerText: string;
  /** For platform staff only: it may name the suspicion. */
  readonly internalText: string;
  /**
   * What the one who is refused can do today, without what comes afterwards. Never empty: silence is not an outcome.
   */
  readonly nextStep: string;
  readonly afterwards: Afterwards;
  /** The code that requesters read: fraud suspicions share a neutral one, so that nobody learns which check spoke. */
  readonly publicCode: string;
  readonly ground: ReasonGround;
  /** The fraud checks this code rests on: nobody denies with it while one of them could not look (I17). */
  readonly checks: readonly string[];
  readonly usableFor: readonly ReasonUse[];
}

/** What a code may be used for; most are judgement and rest on no check. */
export const forNothing = { ground: 'rule', checks: [], usableFor: [] } as const;
export const forDenial = { ground: 'rule', checks: [], usableFor: ['denial'] } as const;
export const forRevocation = { ground: 'rule', checks: [], usableFor: ['suspension', 'revocation'] } as const;
export const forAll = {
  ground: 'judgement',
  checks: [],
  usableFor: ['denial', 'suspension', 'revocation'],
} as const;

export const useARelay =
  'Send through an authenticated relay on port 587 or 443: that is never restricted, for any offer.';
