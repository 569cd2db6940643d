import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import type { Instant } from '../../domain/instants.js';
import type { Call } from '../call.js';

/** One thing that happened, in words for its reader. */
export interface HistoryRow {
  /** From 1 without gaps: the id of a server-sent event. */
  readonly sequence: number;
  readonly at: Instant;
  readonly event: string;
  readonly by: 'you' | 'customer' | 'partner' | 'platform';
  readonly message: string;
  readonly code?: string;
}

export interface HistoryPage {
  readonly items: readonly HistoryRow[];
  /** The sequence after which the list goes on; null at the present end. */
  readonly nextAfter: number | null;
}

@Injectable()
export class RequestHistoryQuery {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, requestId: string, after: number, limit: number): Promise<HistoryPage> {
    throw new Error('not built yet');
  }
}
