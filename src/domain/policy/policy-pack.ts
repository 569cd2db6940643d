import type { Instant } from '../instants.js';
import type { OfferKey } from '../subscription/offers.js';

export type PackId = 'P0' | 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6' | 'P7' | 'P8' | 'P9' | 'P10';

/** `grandfathered`: open if created before the cut-off, else blocked. `always`: blocked, whenever it was created. */
export type Blocking = 'open' | 'grandfathered' | 'always';

/** Who may ask once blocked. `self-service`: granted by rule when gates and checks allow, else decided by a human. */
export type Asking = 'nobody' | 'customer' | 'partner' | 'self-service' | 'never';

/** What a text says of one offer; `unknown` where it is silent: a human decides, the software never guesses. */
export type OfferRule = { readonly blocked: Blocking; readonly ask: Asking } | 'unknown';

export type OfferTable = Readonly<Record<OfferKey, OfferRule>>;

/** Numbers that no text gives (docs/policy.md, Thresholds). A pack may change them; operators are shown them. */
export interface PolicyThresholds {
  /** A subscription younger than this many days is a finding. */
  readonly youngSubscriptionDays: number;
  /** This many requests of a tenant within the hours are a finding. */
  readonly burst: { readonly requests: number; readonly withinHours: number };
  readonly coolingDown: { readonly afterRevocationDays: number; readonly afterDenialDays: number };
  /** Mails a day above which two people have to approve. */
  readonly dailyVolumeSecondApproval: number;
  /** Days after which a grant is looked at again; null: it has no end of its own. */
  readonly reviewAfterDays: number | null;
  readonly awaitingInformationDays: number;
}

/** What has to hold before a self-service offer is granted by rule ("account in good standing"). */
export interface SelfServiceGates {
  readonly goodStanding: boolean;
  readonly paymentHistory: boolean;
}

/** One version of the published policy, as data. */
export interface PolicyPack {
  readonly id: PackId;
  /** As the source dates it: `2017-11-15`, `2018-06`, `2022`. */
  readonly dateOfText: string;
  readonly title: string;
  /** Created at or after this moment is restricted; null: the text has no cut-off. */
  readonly cutOff: Instant | null;
  /** Whose date counts for "new deployments in an old subscription": ours, no text says. */
  readonly cutOffDecidedBy: 'subscription-creation';
  readonly table: OfferTable;
  /** Paid invoices in US dollars below which a request is refused; null: no such gate. */
  readonly paymentGateUsd: number | null;
  readonly selfService: SelfServiceGates | null;
  readonly thresholds: PolicyThresholds;
  /** What is in scope and what the text says beside the table, in sentences for the policy document. */
  readonly remarks: readonly string[];
  /** The text this pack was made from. */
  readonly source: string;
  /** Moves when the code that reads packs judges differently; recorded with every decision (I5). */
  readonly rulesVersion: number;
}
