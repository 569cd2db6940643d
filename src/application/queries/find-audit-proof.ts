import { Injectable } from '@nestjs/common';
import type { AuditEntry, AuditProof } from '../../domain/ports/audit-store.js';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { conflict, notFound } from '../../domain/refusals.js';
import type { Call } from '../call.js';

export interface AuditProofView extends AuditProof {
  /** Null where its month was retired: then whoever has the entry can still prove it. */
  readonly entry: AuditEntry | null;
  readonly leafInput: string | null;
}

/** The proof that an entry stands in the tree that the newest checkpoint signs for. */
@Injectable()
export class FindAuditProof {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** 404 for an entry that there is not; 409 `audit-not-sequenced` for one that waits for its place. */
  async run(call: Call, entryId: string): Promise<AuditProofView> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const entry = await tx.auditLog.find(entryId);
      const proof = await tx.auditLog.proof(entryId);
      if (proof !== null)
        return { ...proof, entry, leafInput: entry === null ? null : tx.auditLog.leafInput(entry) };
      if (entry === null) throw notFound();
      throw conflict(
        'audit-not-sequenced',
        'This entry has no place in the tree yet; it gets one within seconds of its commit.',
        'Ask again in some seconds. Where it stays so, no worker is running.',
      );
    });
  }
}
