import type { ActorRef } from '../access/actor.js';
import type { Evidence, Machine } from '../enforcement/machine.js';
import type { PowerOperation } from '../enforcement/power-operation.js';
import type { Reminded } from '../enforcement/reminders.js';
import type { Blocker, Restart } from '../enforcement/restart.js';
import type { ToldTrouble } from '../enforcement/troubles.js';
import type { Finding, SendingFacts } from '../fraud/fraud-check.js';
import type { Instant } from '../instants.js';
import type { AggregateName } from '../lifecycle-table.js';
import type { ToldEntry, StoredHistoryEntry } from './told-entry.js';

/** What is personal, or a claim about persons: erasable, referenced by the request's id (docs/architecture.md). */
export interface RequestParticulars {
  readonly requestId: string;
  readonly tenantId: string;
  readonly justification: string | null;
  readonly sending: SendingFacts & { readonly optIn: string | null; readonly bounceHandling: string | null };
  readonly contact: { readonly name: string; readonly email: string; readonly language: string } | null;
  readonly consent: {
    readonly givenBy: string;
    readonly givenAt: Instant;
    readonly reference: string;
  } | null;
}
export interface ParticularsStore {
  find(requestId: string): Promise<RequestParticulars | null>;
  save(particulars: RequestParticulars): Promise<void>;
}

/** A free text that somebody wrote, kept apart from history so that it can be erased. */
export interface ErasableText {
  readonly id: string;
  readonly tenantId: string;
  readonly about: AggregateName | 'note' | 'erasure';
  readonly aboutId: string;
  readonly text: string;
}
export interface TextStore {
  save(texts: readonly ErasableText[]): Promise<void>;
  /** Texts by id; an erased one is absent. */
  find(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export interface FindingStore {
  /** Stores a finding of a round once; false when that check had already found in this round. */
  add(requestId: string, round: number, finding: Finding): Promise<boolean>;
  ofRound(requestId: string, round: number): Promise<readonly Finding[]>;
  ofRequest(requestId: string): Promise<readonly (Finding & { readonly round: number })[]>;
  /** How many findings the present rounds of these requests have. */
  countOfRound(requestId: string, round: number): Promise<number>;
}

/** One owner at a time; a claim lapses by the database's clock. */
export interface Claim {
  readonly requestId: string;
  readonly by: ActorRef;
  readonly claimedAt: Instant;
  readonly until: Instant;
}
export interface ClaimStore {
  /** The claim that stands at `now`; null when nobody's does. */
  find(requestId: string, now: Instant): Promise<Claim | null>;
  /** The same, held until the commit: an erasure of its owner waits, or came before. */
  lock(requestId: string, now: Instant): Promise<Claim | null>;
  save(claim: Claim): Promise<void>;
  release(requestId: string): Promise<void>;
}

export interface Note {
  readonly id: string;
  readonly requestId: string;
  readonly by: ActorRef;
  readonly at: Instant;
  readonly textId: string;
}
export interface NoteStore {
  add(note: Note): Promise<void>;
  of(requestId: string): Promise<readonly Note[]>;
}

export interface MachineStore {
  ofSubscription(subscriptionId: string): Promise<readonly Machine[]>;
  find(subscriptionId: string, vmId: string): Promise<Machine | null>;
  saveAll(machines: readonly Machine[]): Promise<void>;
  /** The same for what a look saw: where a step has seen a machine later, and committed before, that stands. */
  saveSeen(machines: readonly Machine[]): Promise<void>;
}
export interface EvidenceStore {
  /**
   * Appends; a piece that is there already (same machine, kind, fact, time, source) is kept once. An owner's word and a
   * hint of the cloud's are kept once a machine and fence, whenever they were said (I16).
   */
  addAll(evidence: readonly Evidence[]): Promise<void>;
  /** Of each machine the latest pieces of each kind, `most` of them: what an answer shows is bounded (I16). */
  latestOf(subscriptionId: string, vmIds: readonly string[], most: number): Promise<readonly Evidence[]>;
  ofMachines(subscriptionId: string, vmIds: readonly string[]): Promise<readonly Evidence[]>;
}
/** A stop as the log tells of it: by our id for it or the cloud's, and when it ended on the cloud's clock. */
export interface LoggedStop {
  readonly operation: string;
  readonly at: Instant;
}

/** Whose stop came late; `takenAt` is the earliest that it can have been: when our last start was ordered, on our clock. */
export interface KnownLateStop {
  readonly restartId: string;
  readonly takenAt: Instant;
}

export interface OperationStore {
  /** Writes the intent before the call; false, and nothing written, when the machine has one in flight (I8). */
  begin(operation: PowerOperation): Promise<boolean>;
  save(operation: PowerOperation): Promise<void>;
  /** The operation in flight of this restart, or its last one of that kind. */
  last(restartId: string, kind: 'deallocate' | 'start'): Promise<PowerOperation | null>;
  /** The operation in flight on a machine where no step works on it: its restart is not, or no more, about that kind. */
  leftBehind(machine: Pick<Restart, 'subscriptionId' | 'vmId'>): Promise<PowerOperation | null>;
  /** Its machine was seen running after its stops: those that ended came to nothing. */
  setAside(restartId: string): Promise<void>;
  /** All stops that were ordered for a restart. */
  stopsOf(restartId: string): Promise<readonly PowerOperation[]>;
  /** Which of these ids of the cloud's log name operations of ours: an operation's own id, or the cloud's for it. */
  oursAmong(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Of stops that are the last thing that the cloud's log tells of their machines, those of ours that ended after our last
   * start there had succeeded: the call of a worker that was frozen, and that nobody lived to tell of.
   */
  lateStopsAmong(stops: readonly LoggedStop[], clockMarginMs: number): Promise<readonly KnownLateStop[]>;
  /** How many of this subscription are in flight. */
  countInFlight(subscriptionId: string): Promise<number>;
}

/** What the last look at a subscription's machines gave: why it does not go on, and how many are still open. */
export interface ConductNote {
  readonly exemptionId: string;
  readonly tenantId: string;
  readonly fence: number;
  /** The first and the last complete listing under this fence, on our clock. */
  readonly firstListedAt: Instant | null;
  readonly lastListedAt: Instant | null;
  /** The last look, or what came instead of one: it may have failed, and then it saw nothing. */
  readonly lastLookedAt: Instant;
  /** When the activity log was asked for the last time that it answered whole, on our clock; kept across fences. */
  readonly logReadAt: Instant | null;
  /** Why the activity log cannot be read; null where it can, or nobody has asked yet. Kept across fences. */
  readonly logProblem: Blocker | null;
  readonly problem: Blocker | null;
  /** Machines that still carry the open position; null where nobody could say. */
  readonly stillOpen: number | null;
  /** When the look was sent that saw so, on our clock; null where nobody could say. */
  readonly stillOpenSeenAt: Instant | null;
  /** Since when a human is needed; null where none is. */
  readonly humanNeededSince: Instant | null;
  /** What for; null where nobody is needed. */
  readonly humanNeededFor: Blocker | null;
  /** What the owner was told of the machines, so that each thing is told once; kept across fences. */
  readonly told: { readonly troubles: readonly ToldTrouble[]; readonly reminders: Reminded | null };
  /** Looks in a row in which nothing moved. */
  readonly quietLooks: number;
  /** When the next look is due unless somebody asks for it earlier; null before the first. */
  readonly nextLookAt: Instant | null;
}
export interface ConductStore {
  find(exemptionId: string): Promise<ConductNote | null>;
  save(note: ConductNote): Promise<void>;
}

/** A line of a restart's history, with the machine that it is about. */
export type MachineHistoryEntry = StoredHistoryEntry & { readonly vmId: string; readonly name: string };
export interface HistoryStore {
  of(aggregate: AggregateName, id: string): Promise<readonly StoredHistoryEntry[]>;
  /** What went wrong with machines of an exemption, and what engineers ordered for them; the latest, in order. */
  troublesOfMachines(exemptionId: string, limit: number): Promise<readonly MachineHistoryEntry[]>;
}

export interface TimelineEntry extends ToldEntry {
  /** From 1 without gaps within a request: the id of a server-sent event. */
  readonly sequence: number;
  readonly at: Instant;
}
export interface TimelineStore {
  /** Entries after a sequence, in order; none later than `until`, where that is given. */
  of(
    requestId: string,
    afterSequence: number,
    limit: number,
    until?: Instant | null,
  ): Promise<readonly TimelineEntry[]>;
  /** Adds what no transition told, e.g. that something about the machines needs the requester. */
  tell(told: ToldEntry): Promise<void>;
}
