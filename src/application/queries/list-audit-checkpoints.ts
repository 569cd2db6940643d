import { Injectable } from '@nestjs/common';
import { rootHashIn } from '../../domain/audit/checkpoint.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import type { Call } from '../call.js';
import { cutToPage, type Listed } from '../views/listed.js';

/** A checkpoint, and the proof that the tree somebody knows is its beginning, where they named its size. */
export interface CheckpointView {
  readonly size: number;
  readonly rootHash: string;
  readonly note: string;
  readonly consistency: readonly string[] | null;
}

/** Signed checkpoints of the audit, the newest first. */
@Injectable()
export class ListAuditCheckpoints {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(call: Call, from: number | null, page: Page): Promise<Listed<CheckpointView>> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const below = page.after === null ? null : Number(page.after.sort);
      const rows = await tx.auditLog.checkpoints(below, page.limit + 1);
      const { rows: kept, next } = cutToPage(rows, page, ({ size }) => ({ sort: String(size), id: '' }));
      const items: CheckpointView[] = [];
      for (const checkpoint of kept) {
        const { size, note } = checkpoint;
        const consistency = from !== null && from <= size ? await tx.auditLog.consistency(from, size) : null;
        items.push({ size, rootHash: rootHashIn(checkpoint), note, consistency });
      }
      return { items, next };
    });
  }
}
