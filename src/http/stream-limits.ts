import type { Caller } from '../domain/access/actor.js';
import { Overload } from './problems/overload.js';

/** Streams end by themselves with their tokens, within the hour: in half a minute some will have. */
const comeBackAfterSeconds = 30;

export interface MostStreams {
  /** Open at once, of the process and of one caller; 0 = no limit. */
  readonly streams: number;
  readonly streamsOfPrincipal: number;
}

/** How many event streams may be open: each holds a connection and memory for as long as its token lives. */
export class StreamLimits {
  private readonly open = new Map<string, number>();
  private all = 0;

  constructor(private readonly most: MostStreams) {}

  /** Takes a place, and gives the way to leave it. Throws 429 where the caller has its share, 503 where there is no place. */
  enter({ tenantId, objectId }: Caller): () => void {
    const { streams, streamsOfPrincipal } = this.most;
    const who = `${tenantId} ${objectId}`;
    const own = this.open.get(who) ?? 0;
    if (streamsOfPrincipal > 0 && own >= streamsOfPrincipal) {
      const detail = `You have ${String(own)} event streams open. Close one, or read the history instead.`;
      throw new Overload(429, 'too-many-streams', detail, comeBackAfterSeconds);
    }
    if (streams > 0 && this.all >= streams) {
      const detail = 'There is no room for another event stream here. Come back later, or read the history.';
      throw new Overload(503, 'streams-exhausted', detail, comeBackAfterSeconds);
    }
    this.all += 1;
    this.open.set(who, own + 1);
    let isInside = true;
    return () => {
      if (isInside) this.leave(who);
      isInside = false;
    };
  }

  private leave(who: string): void {
    this.all -= 1;
    const left = (this.open.get(who) ?? 1) - 1;
    if (left === 0) this.open.delete(who);
    else this.open.set(who, left);
  }
}
