import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import type { ViolationView } from '../views/violation-view.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type { Listed } from '../views/listed.js';
import type { ViolationState } from '../../domain/violation/violation.js';
import type { Call } from '../call.js';

export interface ListViolationsQuery {
  readonly states: readonly ViolationState[] | null;
  readonly exemptionId: string | null;
}

@Injectable()
export class ListViolations {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(call: Call, query: ListViolationsQuery, page: Page): Promise<Listed<ViolationView>> {
    throw new Error('not built yet');
  }
}
