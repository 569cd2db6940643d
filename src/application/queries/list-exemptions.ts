import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import type { AdminExemptionView } from '../views/exemption-view.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type { Listed } from '../views/listed.js';
import type { ExemptionState } from '../../domain/exemption/exemption.js';
import type { Call } from '../call.js';

export interface ListExemptionsQuery {
  readonly states: readonly ExemptionState[] | null;
  readonly subscriptionId: string | null;
}

@Injectable()
export class ListExemptions {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(call: Call, query: ListExemptionsQuery, page: Page): Promise<Listed<AdminExemptionView>> {
    throw new Error('not built yet');
  }
}
