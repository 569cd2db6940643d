import { Injectable } from '@nestjs/common';
import { systemActor } from '../domain/access/actor.js';
import { checkpointText } from '../domain/audit/checkpoint.js';
import { Attestor } from '../domain/ports/attestor.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';

/** In one transaction: some 50 ms of work. */
const entriesAtOnce = 1_000;
/** 20,000 entries a run; what is more waits for the next one, and other work of the sweep does not. */
const mostBatches = 20;

/**
 * Gives committed audit entries their place in the Merkle tree and signs a checkpoint over it (docs/audit.md): one
 * transaction a batch, so that a tree never ends beyond its newest checkpoint. Safe to repeat, and to be killed.
 */
@Injectable()
export class SequenceAudit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly attestor: Attestor,
  ) {}

  /** Answers how many entries got their place. */
  async run(among: 'recent' | 'all'): Promise<number> {
    let sequenced = 0;
    for (let batch = 0; batch < mostBatches; batch += 1) {
      const appended = await this.batch(among);
      sequenced += appended;
      if (appended < entriesAtOnce) break;
    }
    return sequenced;
  }

  private batch(among: 'recent' | 'all'): Promise<number> {
    return this.unitOfWork.run({ actor: systemActor('sequence-audit'), traceId: null }, async (tx) => {
      const tree = await tx.auditLog.append(entriesAtOnce, among);
      if (tree === null) return 0;
      const text = checkpointText(this.attestor.origin, tree.size, tree.rootHash);
      await tx.auditLog.saveCheckpoint({ size: tree.size, note: await this.attestor.signNote(text) });
      return tree.appended;
    });
  }
}
