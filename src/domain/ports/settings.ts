/** The numbers that verbs work with, each from one place of the configuration. All durations in milliseconds. */
export abstract class Settings {
  abstract readonly defaultPack: string;
  abstract readonly platformTenantId: string;
  /** A round of checks may take this long; then what has not ended is `error`. */
  abstract readonly checkRoundTimeoutMs: number;
  /** How long a question may stay unanswered before the request lapses. */
  abstract readonly informationPatienceMs: number;
  /** How long a claim stands without a sign. */
  abstract readonly claimMs: number;
  /** How long the word of a feed about a partner relationship stands without being said again. */
  abstract readonly relationshipsFreshForMs: number;
  /** How long one cloud operation may take; then a human is needed. */
  abstract readonly operationDeadlineMs: number;
  /** Within which time a request should be decided: the review clock. */
  abstract readonly reviewWithinMs: number;
  /** Within which time a power order that was taken is seen in the machine's power state. */
  abstract readonly orderSeenMs: number;
  /** What stopping and starting one machine takes, about: no restart window is shorter. */
  abstract readonly shortestWindowMs: number;
  /** Between the two 404s that make a machine `gone`. */
  abstract readonly goneConfirmMs: number;
  /** How late the cloud's activity log may tell of something: until then a machine that is not found may have been moved. */
  abstract readonly logLateMs: number;
  /** Cloud times closer to the gate's move than this say nothing. */
  abstract readonly clockMarginMs: number;
  /** How many machines a revocation may have down at once: a number, or a percentage. */
  abstract readonly operatorMaxUnavailable: number | string;
  /** How long the tag of a proof of control is looked for, and how long the proof is good once it was seen. */
  abstract readonly controlProofWaitMs: number;
  abstract readonly controlProofMs: number;
  /** How often machines are looked at while something is being proven, and how often afterwards. */
  abstract readonly observeEveryMs: number;
  abstract readonly watchEveryMs: number;
  /** How many looks a minute all quiet exemptions together may take: the more there are, the less often each. */
  abstract readonly watchLooksAMinute: number;
  /** After which times an owner is reminded of machines that are still missing, and how often after the last of them. */
  abstract readonly remindAfterMs: readonly number[];
  abstract readonly remindEveryMs: number;
  /** Whether calls for a support engineer go out by mail; else they are a line in the log, and in the list. */
  abstract readonly engineersAreMailed: boolean;
  /** Requests within 24 hours for one subscription, and for all of a tenant, whoever files. 0 = no limit. */
  abstract readonly filingsADayOfSubscription: number;
  abstract readonly filingsADayOfTenant: number;
  /** Mails a day to one address, and about one subscription; the rest is a digest. 0 = no limit. */
  abstract readonly mailsADayOfAddress: number;
  abstract readonly mailsADayOfSubscription: number;
  /** How often the activity log is read at most, where something may be learnt from it. */
  abstract readonly activityLogEveryMs: number;
}
