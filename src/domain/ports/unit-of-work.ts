import type { Instant } from '../instants.js';
import type { Actor, ActorRef } from '../access/actor.js';
import type { Accepted } from '../lifecycle-table.js';
import type { AddressReviewStore } from './address-review-store.js';
import type { AuditStore } from './audit-store.js';
import type { ToldEntry } from './told-entry.js';
import type {
  ClaimStore,
  ConductStore,
  EvidenceStore,
  FindingStore,
  HistoryStore,
  MachineStore,
  NoteStore,
  OperationStore,
  ParticularsStore,
  TextStore,
  TimelineStore,
} from './record-stores.js';
import type { MailStore } from './mail-store.js';
import type { PeopleStore, ReceiptStore } from './people-stores.js';
import type {
  ExemptionStore,
  GateStore,
  RequestStore,
  RestartStore,
  ViolationStore,
} from './aggregate-stores.js';
import type { ControlProofStore } from './control-proof-store.js';
import type { EffectStore, EffectLease } from './effect-store.js';
import type { PortfolioStore } from './portfolio-store.js';
import type { PreviewStore } from './preview-store.js';
import type { RegistrationStore } from './registration-store.js';
import type { RelationshipStore, SubscriptionStore, TenantStore } from './registry-stores.js';

/** An answer as it was given, kept for 24 hours for whoever repeats the question with the same key. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Thrown inside a unit of work when the same key was answered before: the edge sends the stored answer. */
export class AnswerReplayed extends Error {
  constructor(readonly answer: StoredAnswer) {
    super('answered before');
    this.name = 'AnswerReplayed';
  }
}

/** The store cannot answer now: down, out of connections, or waiting for a lock too long. Worth trying again soon. */
export class StoreUnavailable extends Error {
  constructor(override readonly cause: string) {
    super(`the store cannot answer now (${cause})`);
    this.name = 'StoreUnavailable';
  }
}

/**
 * This process's clock is not the database's: what it would write has a wrong time, and what it would decide may be wrong.
 * Nothing was changed. It goes on by itself once the clock is right.
 */
export class ClockAstray extends StoreUnavailable {
  constructor() {
    super('clock');
    this.name = 'ClockAstray';
  }
}

/** A request's idempotency key with what it is bound to, and how its answer is rendered for keeping. */
export interface IdempotencyRequest {
  readonly key: string;
  readonly method: string;
  readonly path: string;
  /** SHA-256 of the canonical body, in hexadecimal. */
  readonly bodyHash: string;
  readonly render: (result: unknown) => StoredAnswer;
  readonly renderRefusal: (error: unknown) => StoredAnswer | null;
}

/** Who does the work and under which trace; a worker's frame carries the lease that fences its writes. */
export interface Frame {
  readonly actor: Actor;
  readonly traceId: string | null;
  readonly idempotency?: IdempotencyRequest | undefined;
  readonly lease?: EffectLease | undefined;
}

/**
 * One database transaction with the only stores there are. `record` writes a decision whole: row (with a version
 * check), history, effects, audit entry and what the requester is told; `applyEvent` is its only caller.
 */
export interface Transaction {
  readonly requests: RequestStore;
  readonly exemptions: ExemptionStore;
  readonly restarts: RestartStore;
  readonly gates: GateStore;
  readonly violations: ViolationStore;
  readonly subscriptions: SubscriptionStore;
  readonly tenants: TenantStore;
  readonly relationships: RelationshipStore;
  readonly registrations: RegistrationStore;
  readonly controlProofs: ControlProofStore;
  readonly portfolio: PortfolioStore;
  readonly particulars: ParticularsStore;
  readonly texts: TextStore;
  readonly findings: FindingStore;
  readonly previews: PreviewStore;
  readonly addressReviews: AddressReviewStore;
  readonly claims: ClaimStore;
  readonly notes: NoteStore;
  readonly machines: MachineStore;
  readonly evidence: EvidenceStore;
  readonly operations: OperationStore;
  readonly conduct: ConductStore;
  readonly history: HistoryStore;
  readonly timeline: TimelineStore;
  readonly effects: EffectStore;
  readonly receipts: ReceiptStore;
  readonly mails: MailStore;
  readonly people: PeopleStore;
  readonly auditLog: AuditStore;

  /** By the database's clock, which all processes share: for what is final once its time has come. */
  databaseNow(): Promise<Instant>;

  /** Writes an accepted decision. Throws `stale` when the row moved on since it was read. */
  record(accepted: Accepted<unknown>, told: ToldEntry | null): Promise<void>;
  /** Writes an audit entry for what is no state change (registrations, claims, notes), with the rest. Ids and codes only; `people` stand in it by commitment. */
  audit(
    action: string,
    subject: { readonly type: string; readonly id: string },
    details?: Readonly<Record<string, unknown>>,
    people?: Readonly<Record<string, ActorRef>>,
  ): Promise<void>;
  /**
   * Where the frame has an idempotency key that was answered before: throws `AnswerReplayed`, or a refusal
   * `idempotency-key-reused` (policy) for another body. To be called after the caller's scope was checked.
   */
  replayIfAnswered(): Promise<void>;
}

/** The only way to a store: state, history, effects and audit are one commit (house rule 5). */
export abstract class UnitOfWork {
  /**
   * Runs the work in one transaction. With a lease, refuses to commit when the lease is lost (LeaseLost). With an
   * idempotency key, stores the rendered answer in the same commit; a refusal's answer is kept too, and rethrown.
   * Serialisation failures and deadlocks are run again, at most 3 times.
   */
  abstract run<T>(frame: Frame, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** A read-only transaction with the same tenant settings. */
  abstract read<T>(frame: Pick<Frame, 'actor'>, work: (tx: Transaction) => Promise<T>): Promise<T>;
}
