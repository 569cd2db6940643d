import { type Listed, cutToPage, withOneMore } from '../views/listed.js';
import { viewExemptionForStaff } from '../views/view-exemption.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import type { AdminExemptionView } from '../views/exemption-view.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type { ExemptionState } from '../../domain/exemption/exemption.js';
import type { Call } from '../call.js';

export interface ListExemptionsQuery {
  readonly states: readonly ExemptionState[] | null;
  readonly subscriptionId: string | null;
  /** True: only those that wait for a support engineer; false: only the others. */
  readonly needsHuman: boolean | null;
}

/** All exemptions for platform staff, newest grant first. */
@Injectable()
export class ListExemptions {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(call: Call, query: ListExemptionsQuery, page: Page): Promise<Listed<AdminExemptionView>> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const rows = await tx.exemptions.list(query, withOneMore(page));
      const { rows: kept, next } = cutToPage(rows, page, ({ grantedAt, id }) => ({ sort: grantedAt, id }));
      const items: AdminExemptionView[] = [];
      for (const exemption of kept) items.push(await viewExemptionForStaff(tx, exemption, call.actor));
      return { items, next };
    });
  }
}
