import { Injectable } from '@nestjs/common';
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Call } from '../application/call.js';
import { FindRequest } from '../application/queries/find-request.js';
import { RequestHistoryQuery, type HistoryRow } from '../application/queries/request-history.js';
import { TimelineFeed } from '../domain/ports/timeline-feed.js';
import { StoreUnavailable } from '../domain/ports/unit-of-work.js';
import { RefusedError } from '../domain/refusals.js';
import { ApiLog } from './api-log.js';
import { EventStream } from './event-stream.js';
import { StreamLimits } from './stream-limits.js';

const atOnce = 200;
/** Statuses after which nothing more is told. */
const lastWords: readonly string[] = ['denied', 'withdrawn', 'lapsed', 'revoked', 'expired', 'moved'];

interface Look {
  readonly lines: readonly HistoryRow[];
  readonly isMore: boolean;
  readonly isOver: boolean;
}

/** What a client follows: whose call, which request, after which line, and until when its token holds (ms). */
export interface Following {
  readonly call: Call;
  readonly requestId: string;
  readonly after: number;
  readonly until: number;
}

/** The live side of histories: server-sent events. Every look checks the caller's scope again before it is sent. */
@Injectable()
export class EventStreams {
  private readonly streams = new Set<EventStream>();

  constructor(
    private readonly history: RequestHistoryQuery,
    private readonly requests: FindRequest,
    private readonly feed: TimelineFeed,
    private readonly log: ApiLog,
    private readonly limits: StreamLimits,
  ) {}

  /**
   * Throws the one 404, or 429 and 503 where too many are open, before anything is sent. 204 tells a client that comes back to a story which has ended to come
   * no more (HTML standard, server-sent events); otherwise the stream goes on until client, token, story or process end.
   */
  async open(following: Following, reply: FastifyReply): Promise<void> {
    const leave = this.limits.enter(following.call.actor);
    const first = await this.look(following.call, following.requestId, following.after).catch(
      (error: unknown) => {
        leave();
        throw error;
      },
    );
    if (first.isOver && first.lines.length === 0) {
      leave();
      await reply.status(204).send();
      return;
    }
    this.take(following, first, reply, leave);
  }

  /** From here on the stream answers by itself. */
  private take(following: Following, first: Look, reply: FastifyReply, leave: () => void): void {
    const { call, requestId } = following;
    reply.hijack();
    const stream = new EventStream(reply.raw, reply.getHeaders() as OutgoingHttpHeaders, following.until);
    if (reply.request.method === 'HEAD') stream.end();
    this.streams.add(stream);
    const unsubscribe = this.feed.subscribe(requestId, () => stream.wake());
    void this.follow(stream, following, first)
      .catch((error: unknown) => this.tellWhy(error, call))
      .finally(() => {
        unsubscribe();
        leave();
        this.streams.delete(stream);
        stream.end();
      });
  }

  /** Ends all streams, so that a draining process can stop. */
  closeAll(): void {
    for (const stream of this.streams) stream.end();
  }

  private async follow(stream: EventStream, { call, requestId, after }: Following, first: Look) {
    let last = await stream.send(first.lines, after);
    // A second look at once: something may have happened between the first and the subscription.
    for (let isOver = first.isOver; !isOver && !stream.isEnded;) {
      const look = await this.look(call, requestId, last);
      last = await stream.send(look.lines, last);
      ({ isOver } = look);
      if (!isOver && !look.isMore) await stream.woken();
    }
  }

  /** The status is read first: whatever stands on the timeline of something final is there then. */
  private async look(call: Call, requestId: string, after: number): Promise<Look> {
    const { status } = await this.requests.run(call, requestId);
    const { items, nextAfter } = await this.history.run(call, requestId, after, atOnce);
    const isMore = nextAfter !== null;
    return { lines: items, isMore, isOver: !isMore && lastWords.includes(status) };
  }

  /** Out of scope by now, or the store is away: the client comes back with Last-Event-ID and is told why. */
  private tellWhy(error: unknown, { traceId }: Call): void {
    if (error instanceof RefusedError || error instanceof StoreUnavailable) return;
    this.log.failure(error, traceId ?? '');
  }
}
