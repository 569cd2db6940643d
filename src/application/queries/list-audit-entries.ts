import { Injectable } from '@nestjs/common';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type { AuditEntry, AuditFilter } from '../../domain/ports/audit-store.js';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import type { Call } from '../call.js';
import { cutToPage, withOneMore, type Listed } from '../views/listed.js';

/** Entries of the audit for auditors, newest first. */
@Injectable()
export class ListAuditEntries {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(call: Call, filter: AuditFilter, page: Page): Promise<Listed<AuditEntry>> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const rows = await tx.auditLog.entries(filter, withOneMore(page));
      const { rows: items, next } = cutToPage(rows, page, ({ recordedAt, id }) => ({ sort: recordedAt, id }));
      return { items, next };
    });
  }
}
