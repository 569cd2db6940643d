import type { Instant } from '../instants.js';
import type { PolicyPack } from '../policy/policy-pack.js';
import type { DisposableDomains } from '../ports/disposable-domains.js';
import type { DnsLookup } from '../ports/dns.js';
import type { RegistrableDomains } from '../ports/registrable-domains.js';
import type { RequestHistory } from '../ports/request-history.js';
import type { SubscriptionReader } from '../ports/subscription-reader.js';
import type { ReasonCode } from '../reason-codes.js';
import type { ActorRef } from '../access/actor.js';
import type { ControlProof } from '../subscription/control-proof.js';
import type { SubscriptionFacts } from '../subscription/subscription.js';

/**
 * `unknown`: looked, and the source does not know. `error`: could not look.
 * Neither is good news nor bad news (I17).
 */
export type FindingOutcome = 'pass' | 'warn' | 'fail' | 'unknown' | 'error';

/** One thing that was seen, in words for a reviewer: what was looked at, and what it said. */
export interface Evidence {
  readonly what: string;
  readonly detail: string;
}

/** What one check found. Shown to reviewers only, never to a requester. */
export interface Finding {
  readonly check: string;
  readonly outcome: FindingOutcome;
  readonly value: string | number | null;
  readonly evidence: readonly Evidence[];
  /** Where the answer comes from, for example "registered facts" or "DNS". */
  readonly source: string;
  readonly at: Instant;
  /** The code a denial would carry if it rested on this finding; null when nothing speaks against the request. */
  readonly reasonCode: ReasonCode | null;
}

export type MailKind = 'transactional' | 'marketing' | 'personal' | 'system';

/** What the requester says about the mail. Names and addresses are claims: they are looked at, never trusted. */
export interface SendingFacts {
  readonly kinds: readonly MailKind[];
  readonly domains: readonly string[];
  readonly dailyVolume: number;
  readonly heloName: string | null;
  readonly publicAddresses: readonly string[];
  readonly dkimSelectors: readonly string[];
  readonly abuseContact: string | null;
}

/** What a check looks at: the facts of one request and its subscription, and the pack the request is pinned to. */
export interface CheckSubject {
  readonly requestId: string;
  /** Whose request it is: the customer's tenant, also where a partner filed it. */
  readonly tenantId: string;
  readonly filedBy: Pick<ActorRef, 'kind' | 'tenantId'>;
  /** The filer's own side's, read for checks that need it; null where there is none. */
  readonly controlProof: ControlProof | null;
  readonly subscription: SubscriptionFacts;
  readonly submittedAt: Instant;
  /** The moment of this look, by the clock of the caller: findings are dated with it. */
  readonly asOf: Instant;
  readonly pack: PolicyPack;
  readonly sending: SendingFacts;
  /** Null once the contact was erased. */
  readonly contactEmail: string | null;
  readonly relayCannotBeUsed: boolean | null;
}

/** The world, as far as checks may touch it. */
export interface CheckSources {
  readonly dns: DnsLookup;
  readonly history: RequestHistory;
  readonly disposable: DisposableDomains;
  readonly publicSuffix: RegistrableDomains;
  readonly cloud: SubscriptionReader;
  /** DNS blocklists to ask, as zone names (`BLOCKLIST_ZONES`); defaultBlocklistZones where nothing is configured. */
  readonly blocklistZones: readonly string[];
}

/**
 * `registry`: the product's own records. `cloud`: what the cloud says now. `dns`: packets to names others control.
 * `control-proof`: the subject's, which is read for nobody else.
 */
export type CheckNeed = 'dns' | 'registry' | 'cloud' | 'control-proof';

/** One suspicion, and how to look at it. One file a check; the list is checks/index.ts. */
export interface FraudCheck {
  /** The suspicion's name, kebab-case and stable: it keys the stored finding. */
  readonly name: string;
  /** The suspicion as a sentence for the reviewer. */
  readonly suspicion: string;
  readonly reasonCode: ReasonCode;
  readonly needs: readonly CheckNeed[];
  /** Whether it can end in `fail`. Where such a check did not look, nobody knows that the round is not hostile. */
  readonly mayFail: boolean;
  /** Total: what the world answers badly is a finding. It rejects only when a source of ours (the registry) fails. */
  look(subject: CheckSubject, sources: CheckSources): Promise<Finding>;
}

/** A check of names and addresses alone: it can be asked at any time what DNS says of them. */
export interface SendingCheck extends FraudCheck {
  look(subject: Pick<CheckSubject, 'sending' | 'asOf'>, sources: CheckSources): Promise<Finding>;
}

/** What a check concludes, before it is dated and named. */
export interface Conclusion {
  readonly outcome: FindingOutcome;
  readonly value?: string | number | null;
  readonly evidence: readonly Evidence[];
  /** Where a check speaks for several codes, the one that fits; else the check's own. */
  readonly reasonCode?: ReasonCode;
}

/** Dates and names a conclusion. Throws where a check ends otherwise than it may (a defect). A pass carries no reason code: it speaks against nothing. */
export function findingOf(
  check: Pick<FraudCheck, 'name' | 'reasonCode' | 'mayFail'>,
  subject: Pick<CheckSubject, 'asOf'>,
  source: string,
  conclusion: Conclusion,
): Finding {
  if (conclusion.outcome === 'fail' && !check.mayFail)
    throw new Error(`the check ${check.name} failed a request, and says that it never does`);
  return {
    check: check.name,
    outcome: conclusion.outcome,
    value: conclusion.value ?? null,
    evidence: conclusion.evidence,
    source,
    at: subject.asOf,
    reasonCode: conclusion.outcome === 'pass' ? null : (conclusion.reasonCode ?? check.reasonCode),
  };
}
