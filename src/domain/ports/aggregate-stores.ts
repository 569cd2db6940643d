import type { Scope } from '../access/scope.js';
import type { Exemption, ExemptionState } from '../exemption/exemption.js';
import type { KeptPreview } from '../enforcement/kept-preview.js';
import type { Restart, RestartState } from '../enforcement/restart.js';
import type { Gate } from '../gate/gate.js';
import type { Instant } from '../instants.js';
import type { ExemptionRequest, RequestState, Verdict } from '../request/request.js';
import type { SubscriptionFacts } from '../subscription/subscription.js';
import type { Violation, ViolationState } from '../violation/violation.js';

/** Where a keyset list goes on: the sort value and the id of the last row seen. */
export interface Keyset {
  readonly sort: string;
  readonly id: string;
}
export interface Page {
  readonly after: Keyset | null;
  readonly limit: number;
}

export interface RequestFilter {
  readonly states: readonly RequestState[] | null;
  /** States of the exemption, for the derived `status` of an approved request; empty: none that the caller sees. */
  readonly exemptionStates: readonly ExemptionState[] | null;
  readonly subscriptionId: string | null;
  readonly customerTenantId: string | null;
  readonly createdAfter: Instant | null;
}

/** The review queue's filter. `assignee` is an objectId; `offer` a quota id or offer id. */
export interface QueueFilter {
  readonly states: readonly RequestState[] | null;
  readonly verdict: Verdict | null;
  readonly assignee: string | null;
  readonly partnerTenantId: string | null;
  readonly offer: string | null;
  readonly overdue: boolean | null;
  readonly sort: 'due' | 'submitted' | 'newest';
}

export interface RequestStore {
  /** In scope at `now`: the customer's own, the partner's own filings while its relationship is active, or all. */
  find(scope: Scope, id: string, now: Instant): Promise<ExemptionRequest | null>;
  /** The same with the preview that is kept for its pages, in one question. */
  findWithPreview(
    scope: Scope,
    id: string,
    now: Instant,
  ): Promise<{ readonly request: ExemptionRequest; readonly kept: KeptPreview | null } | null>;
  /** To change it: what the caller left, because the subscription changed hands, is not in scope for that. */
  lock(scope: Scope, id: string, now: Instant): Promise<ExemptionRequest | null>;
  /** The undecided request of a subscription, whosever it is. */
  findLive(subscriptionId: string): Promise<ExemptionRequest | null>;
  /** Until when the scope's side sees what happens to it: since then the subscription is another's. Null: it still does. */
  seenUntil(scope: Scope, id: string): Promise<Instant | null>;
  /** Newest first. */
  list(scope: Scope, filter: RequestFilter, page: Page, now: Instant): Promise<readonly ExemptionRequest[]>;
  queue(filter: QueueFilter, page: Page, now: Instant): Promise<readonly ExemptionRequest[]>;
  /** Others of the same subscription or tenant, newest first, at most `limit`: for the engineer's page. */
  related(request: ExemptionRequest, limit: number): Promise<readonly ExemptionRequest[]>;
  /**
   * Since when a subscription and its tenant have filed as often as they may, whoever filed: when the oldest of the newest
   * `most` requests was filed after `since`; null where there are fewer, or `most` is 0.
   */
  usedUp(
    subscription: Pick<SubscriptionFacts, 'subscriptionId' | 'tenantId'>,
    since: Instant,
    most: { readonly ofSubscription: number; readonly ofTenant: number },
  ): Promise<{ readonly ofSubscription: Instant | null; readonly ofTenant: Instant | null }>;
  /** Ids of undecided requests whose `dueAt` has come, oldest first. */
  overdue(now: Instant, limit: number): Promise<readonly string[]>;
}

export interface ExemptionStore {
  /** In scope: the customer's own, unless the subscription moved; the partner's where it filed, unless another sells it; or all. */
  find(scope: Scope, id: string, now: Instant): Promise<Exemption | null>;
  lock(scope: Scope, id: string, now: Instant): Promise<Exemption | null>;
  /** The live one of a subscription, whosever it is: a former tenant's too. */
  findLive(subscriptionId: string): Promise<Exemption | null>;
  /** When its subscription went to another tenant; null while it is its own tenant's. */
  movedAt(id: string): Promise<Instant | null>;
  list(
    filter: {
      readonly states: readonly ExemptionState[] | null;
      readonly subscriptionId: string | null;
      readonly needsHuman: boolean | null;
    },
    page: Page,
  ): Promise<readonly Exemption[]>;
  /** Ids of live exemptions whose `expiresOn` has come. */
  expired(now: Instant, limit: number): Promise<readonly string[]>;
  /** How many are live: by that many the budget of quiet looks is divided. */
  countLive(): Promise<number>;
  /** Ids of exemptions, live or with a machine still to be started, that no open conduct effect looks after (I13, I18). */
  unattended(limit: number): Promise<readonly string[]>;
}

export interface RestartStore {
  find(id: string): Promise<Restart | null>;
  lock(id: string): Promise<Restart | null>;
  /** The restart of a machine that an engineer can steer, locked: one that we stopped and could not start, else the latest. */
  lockLatest(exemptionId: string, vmId: string): Promise<Restart | null>;
  ofExemption(exemptionId: string): Promise<readonly Restart[]>;
  /** Whether a machine of it is still to be proven, under whatever plan. */
  hasUnfinished(exemptionId: string): Promise<boolean>;
  /** One of its plan that the plan stands still for (`stopsItsPlan`), where there is one: the last round of a machine. */
  haltersOf(plan: Pick<Restart, 'exemptionId' | 'direction' | 'fence'>): Promise<readonly Restart[]>;
  /** All but the superseded ones of a fence by state, the last round of each machine: for `progress`. */
  countByState(exemptionId: string, fence: number): Promise<Readonly<Partial<Record<RestartState, number>>>>;
  /** In-flight restarts without an open effect that works on them (I13). */
  unattended(limit: number): Promise<readonly string[]>;
}

export interface GateStore {
  find(subscriptionId: string): Promise<Gate | null>;
  lock(subscriptionId: string): Promise<Gate | null>;
  /** Closed gates of rights that have ended, not taken since `before`, longest ago first: taken now, by one worker each. */
  takeEnded(now: Instant, before: Instant, limit: number): Promise<readonly Gate[]>;
  /** Gates whose ordered move no open effect carries out (I13). */
  unattended(limit: number): Promise<readonly Gate[]>;
}

export interface ViolationStore {
  find(id: string): Promise<Violation | null>;
  lock(id: string): Promise<Violation | null>;
  list(
    filter: { readonly states: readonly ViolationState[] | null; readonly exemptionId: string | null },
    page: Page,
  ): Promise<readonly Violation[]>;
}
