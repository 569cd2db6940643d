import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { Instant } from '../domain/instants.js';
import type { ViolationView } from './views/violation-view.js';
import type { Call } from './call.js';

export interface RecordViolationCommand {
  readonly exemptionId: string;
  /** An open kebab-case word, for example `spam-complaint`. */
  readonly kind: string;
  readonly description: string;
  readonly evidence: readonly { readonly kind: string; readonly at: Instant; readonly text: string }[];
}

@Injectable()
export class RecordViolation {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(call: Call, command: RecordViolationCommand): Promise<ViolationView> {
    throw new Error('not built yet');
  }
}
