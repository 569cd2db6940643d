import { Injectable } from '@nestjs/common';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { RequestHistoryQuery } from '../application/queries/request-history.js';
import type { Call } from '../application/call.js';
import { TimelineFeed } from '../domain/ports/timeline-feed.js';

const heartbeatMs = 15_000;
const atOnce = 200;

/** The live side of histories: server-sent events. Every batch checks the caller's scope again before it is sent. */
@Injectable()
export class EventStreams {
  private readonly open_ = new Set<() => void>();

  constructor(
    private readonly history: RequestHistoryQuery,
    private readonly feed: TimelineFeed,
  ) {}

  /** Throws the one 404 before anything is sent; afterwards the stream goes on until the caller or the process ends it. */
  async open(call: Call, requestId: string, after: number, reply: FastifyReply): Promise<void> {
    const first = await this.history.run(call, requestId, after, atOnce);
    const response = takeOver(reply);
    let last = send(response, first.items, after);
    let busy = false;
    let again = first.nextAfter !== null;
    const pump = async () => {
      if (busy) {
        again = true;
        return;
      }
      busy = true;
      do {
        again = false;
        const page = await this.history.run(call, requestId, last, atOnce);
        last = send(response, page.items, last);
        again ||= page.nextAfter !== null;
      } while (again);
      busy = false;
    };
    // Out of scope, or the store is away: the stream ends, and the client comes back with Last-Event-ID.
    const wake = () => void pump().catch(() => response.end());
    const unsubscribe = this.feed.subscribe(requestId, wake);
    const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs);
    const end = () => response.end();
    this.open_.add(end);
    response.on('close', () => {
      clearInterval(heartbeat);
      unsubscribe();
      this.open_.delete(end);
    });
    if (again) wake();
  }

  /** Ends all streams, so that a draining process can stop. */
  closeAll(): void {
    for (const end of this.open_) end();
  }
}

type Line = { readonly sequence: number; readonly event: string };

/** Takes the connection over from Fastify; the headers that hooks set so far go with it. */
function takeOver(reply: FastifyReply): ServerResponse {
  reply.hijack();
  reply.raw.writeHead(200, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  });
  reply.raw.write('retry: 2000\n\n');
  return reply.raw;
}

function send(response: ServerResponse, lines: readonly Line[], last: number): number {
  for (const line of lines) {
    response.write(`id: ${String(line.sequence)}\nevent: ${line.event}\ndata: ${JSON.stringify(line)}\n\n`);
  }
  return lines.at(-1)?.sequence ?? last;
}
