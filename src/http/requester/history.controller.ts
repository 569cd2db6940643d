import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RequestHistoryQuery } from '../../application/queries/request-history.js';
import { Cursors } from '../cursor.js';
import { EventStreams } from '../event-streams.js';
import { In, type InputOf } from '../incoming.js';
import { On } from '../route.js';
import * as routes from './requester.routes.js';

@Controller()
export class HistoryController {
  constructor(
    private readonly history: RequestHistoryQuery,
    private readonly streams: EventStreams,
    private readonly cursors: Cursors,
  ) {}

  @On(routes.readHistory)
  async readHistory(@In() { call, params, query }: InputOf<typeof routes.readHistory>) {
    const listing = { caller: call.actor, path: routes.readHistory.path.replace(':id', params.id), query };
    const page = this.cursors.pageOf(listing, query);
    const { items, nextAfter } = await this.history.run(
      call,
      params.id,
      Number(page.after?.sort ?? 0),
      page.limit,
    );
    return this.cursors.render(
      listing,
      items,
      nextAfter === null ? null : { sort: String(nextAfter), id: params.id },
    );
  }

  @On(routes.streamEvents)
  async streamEvents(
    @In() { call, params, query, raw }: InputOf<typeof routes.streamEvents>,
    @Res() reply: FastifyReply,
  ) {
    const given = raw.headers['last-event-id'];
    // A browser's first connection cannot send the header; what is no number was never an id of ours.
    const after = typeof given === 'string' && /^[0-9]{1,9}$/.test(given) ? Number(given) : query.lastEventId;
    await this.streams.open(
      { call, requestId: params.id, after: after ?? 0, until: raw.postern.until },
      reply,
    );
  }
}
