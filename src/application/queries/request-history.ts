import { scopeOf } from '../../domain/access/scope.js';
import { notFound } from '../../domain/refusals.js';
import { tell } from '../../domain/told-texts.js';
import { audienceOf } from '../views/reason-view.js';
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

/** What happened to a request, in words made for the caller; of one whose subscription changed hands, until then. */
@Injectable()
export class RequestHistoryQuery {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, requestId: string, after: number, limit: number): Promise<HistoryPage> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const scope = scopeOf(call.actor);
      const request = await tx.requests.find(scope, requestId, this.clock.now());
      if (request === null) throw notFound();
      const until = await tx.requests.seenUntil(scope, request.id);
      const entries = await tx.timeline.of(request.id, after, limit + 1, until);
      const kept = entries.slice(0, limit);
      const items = kept.map((entry): HistoryRow => {
        const { message, code } = tell(entry, audienceOf(call.actor));
        const by = entry.actorTenantId === call.actor.tenantId && entry.by !== 'platform' ? 'you' : entry.by;
        return {
          sequence: entry.sequence,
          at: entry.at,
          event: entry.event,
          by,
          message,
          ...(code === null ? {} : { code }),
        };
      });
      return { items, nextAfter: entries.length > limit ? (kept.at(-1)?.sequence ?? null) : null };
    });
  }
}
