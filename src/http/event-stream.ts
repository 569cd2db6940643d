import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Proxies cut connections that are silent for 30 to 60 seconds; a comment every 15 keeps them (HTML standard). */
const heartbeatMs = 15_000;
/** How long a client that reads nothing gets for the rest, once its stream has ended. */
const lastReadMs = 10_000;

interface Line {
  readonly sequence: number;
  readonly event: string;
}

/** One response of server-sent events: lines with their sequence as id, heartbeats between them. */
export class EventStream {
  private readonly heartbeat: NodeJS.Timeout;
  private readonly expiry: NodeJS.Timeout;
  private isWoken = false;
  private onWake: (() => void) | null = null;

  /** Takes the response over with the headers that were set so far; `until` (ms since 1970) is when it has to end. */
  constructor(
    private readonly response: ServerResponse,
    headers: OutgoingHttpHeaders,
    until: number,
  ) {
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    response.write('retry: 2000\n\n');
    this.heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs);
    // A timer takes 31 bits of milliseconds, about 24 days: no token lives longer.
    this.expiry = setTimeout(() => this.end(), Math.min(Math.max(until - Date.now(), 0), 2_147_483_647));
    response.on('close', () => this.end());
  }

  get isEnded(): boolean {
    return this.response.writableEnded || this.response.destroyed;
  }

  /** Sends lines no faster than the client takes them; gives the sequence of the last one. */
  async send(lines: readonly Line[], last: number): Promise<number> {
    for (const line of lines) {
      if (this.isEnded) break;
      const { sequence, event } = line;
      const isTaken = this.response.write(
        `id: ${String(sequence)}\nevent: ${event}\ndata: ${JSON.stringify(line)}\n\n`,
      );
      if (!isTaken) await this.drained();
    }
    return lines.at(-1)?.sequence ?? last;
  }

  /** Something may be new. */
  wake(): void {
    this.isWoken = true;
    this.onWake?.();
  }

  /** Resolves once something may be new since the last time, or the stream has ended. */
  async woken(): Promise<void> {
    if (!this.isWoken && !this.isEnded) await new Promise<void>((resolve) => (this.onWake = resolve));
    this.isWoken = false;
    this.onWake = null;
  }

  end(): void {
    clearInterval(this.heartbeat);
    clearTimeout(this.expiry);
    if (!this.response.writableEnded) {
      const cut = setTimeout(() => this.response.destroy(), lastReadMs).unref();
      this.response.on('close', () => clearTimeout(cut)).end();
    }
    this.wake();
  }

  private drained(): Promise<void> {
    const { response } = this;
    return new Promise((resolve) => {
      const done = () => {
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.on('drain', done).on('close', done);
    });
  }
}
