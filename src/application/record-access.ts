import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import type { Call } from './call.js';

/** What somebody looked at, or was refused: ids and codes only, no words and no names. */
export interface Access {
  readonly action: 'read' | 'refused';
  readonly subject: { readonly type: string; readonly id: string };
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Writes the audit entry of a read of what is sensitive, or of a refused attempt (docs/audit.md). Neither has a
 * transaction of its own that it could be part of. Throws StoreUnavailable where it cannot be written.
 */
@Injectable()
export class RecordAccess {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run({ actor, traceId }: Pick<Call, 'actor' | 'traceId'>, access: Access): Promise<void> {
    await this.unitOfWork.run({ actor, traceId }, (tx) =>
      tx.audit(access.action, access.subject, access.details),
    );
  }
}
