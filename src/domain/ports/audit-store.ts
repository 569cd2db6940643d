import type { Checkpoint } from '../audit/checkpoint.js';
import type { ActorRef } from '../access/actor.js';
import type { Instant } from '../instants.js';
import type { Page } from './aggregate-stores.js';

/** Who acted: a person by their commitment, which says nothing once they were erased (docs/privacy.md). */
export type AuditActor = Omit<ActorRef, 'objectId'> & { readonly person: string | null };

/** An entry of the audit as it is stored and hashed; `recordedAt` and `at` are to the microsecond. */
export interface AuditEntry {
  readonly sequence: number;
  readonly id: string;
  readonly recordedAt: string;
  /** The line of history that it stands for; null for what is no state change. */
  readonly historySequence: number | null;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly at: string;
  readonly actor: AuditActor;
  readonly traceId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AuditFilter {
  readonly subjectId: string | null;
  /** Whoever acted: the object id of somebody who was not erased, or the commitment of anybody. */
  readonly actorId: string | null;
  readonly action: string | null;
  /** By when it was recorded: from, and before. */
  readonly since: Instant | null;
  readonly until: Instant | null;
}

/** Where an entry stands in the tree, and the path from there to a checkpoint's root. Hashes in base64. */
export interface AuditProof {
  readonly leafIndex: number;
  readonly leafHash: string;
  readonly path: readonly string[];
  readonly checkpoint: Checkpoint;
}

/** The tree as it is after leaves were appended. */
export interface GrownTree {
  readonly appended: number;
  readonly size: number;
  /** In base64. */
  readonly rootHash: string;
}

/** The audit as it is read, and how committed entries come into its tree (docs/audit.md). */
export interface AuditStore {
  /** Entries, the newest first; `after` is their `recordedAt` and id. */
  entries(filter: AuditFilter, page: Page): Promise<readonly AuditEntry[]>;
  find(entryId: string): Promise<AuditEntry | null>;
  /** What is hashed of an entry: its canonical JSON. */
  leafInput(entry: AuditEntry): string;
  /** An entry's proof under the newest checkpoint; null where it has no place in the tree. */
  proof(entryId: string): Promise<AuditProof | null>;
  /** Checkpoints, the largest first; below a size, or from the newest on. */
  checkpoints(below: number | null, limit: number): Promise<readonly Checkpoint[]>;
  /** The proof that the tree of a size is the beginning of that of another (RFC 9162, 2.1.4). In base64. */
  consistency(from: number, to: number): Promise<readonly string[]>;
  /**
   * Gives committed entries that have no place yet the next ones, at most `limit`; null where there are none. `recent`
   * looks among those of the last hour, which is longer than a transaction lives. One at a time: others wait.
   */
  append(limit: number, among: 'recent' | 'all'): Promise<GrownTree | null>;
  saveCheckpoint(checkpoint: Checkpoint): Promise<void>;
}
