import { type Listed, cutToPage, withOneMore } from '../views/listed.js';
import { type ViolationView, viewViolation } from '../views/violation-view.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type { ViolationState } from '../../domain/violation/violation.js';
import type { Call } from '../call.js';

export interface ListViolationsQuery {
  readonly states: readonly ViolationState[] | null;
  readonly exemptionId: string | null;
}

/** Violations for analysts, newest first. */
@Injectable()
export class ListViolations {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(call: Call, query: ListViolationsQuery, page: Page): Promise<Listed<ViolationView>> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const rows = await tx.violations.list(query, withOneMore(page));
      const { rows: kept, next } = cutToPage(rows, page, ({ recordedAt, id }) => ({ sort: recordedAt, id }));
      const items: ViolationView[] = [];
      for (const violation of kept) items.push(await viewViolation(tx, violation));
      return { items, next };
    });
  }
}
