import type { Caller } from '../domain/access/actor.js';
import { Overload } from './problems/overload.js';

/** Streams end by themselves with their tokens, within the hour: in half a minute some will have. */
const comeBackAfterSeconds = 30;

export interface MostStreams {
  /** Open at once, of the process, of one tenant and of one caller; 0 = no limit. */
  readonly streams: number;
  readonly streamsOfTenant: number;
  readonly streamsOfPrincipal: number;
  /** Of those of the process, how many only the platform's staff may take: at most half. */
  readonly streamsForStaff: number;
}

/**
 * How many event streams may be open: each holds a connection and memory for as long as its token lives. No caller and no
 * tenant takes all of them, and some are kept for staff, who decide and revoke with the page open.
 */
export class StreamLimits {
  private readonly open = new Map<string, number>();
  private all = 0;

  constructor(private readonly most: MostStreams) {}

  /** Takes a place, and gives the way to leave it. Throws 429 where the caller or its tenant has its share, 503 where there is no place. */
  enter({ tenantId, objectId, tenantKind }: Caller): () => void {
    const { streams, streamsOfTenant, streamsOfPrincipal, streamsForStaff } = this.most;
    const [principal, tenant] = [`${tenantId} ${objectId}`, tenantId];
    const isStaff = tenantKind === 'platform';
    if (isFull(this.openOf(principal), streamsOfPrincipal)) throw tooMany('You have', streamsOfPrincipal);
    // Staff are one tenant, and bounded by the process and by each person's share only.
    if (!isStaff && isFull(this.openOf(tenant), streamsOfTenant))
      throw tooMany('Your tenant has', streamsOfTenant);
    const kept = isStaff ? 0 : Math.min(streamsForStaff, Math.floor(streams / 2));
    if (isFull(this.all + kept, streams)) {
      const detail = 'There is no room for another event stream here. Come back later, or read the history.';
      throw new Overload(503, 'streams-exhausted', detail, comeBackAfterSeconds);
    }
    this.count([principal, tenant], 1);
    let isInside = true;
    return () => {
      if (isInside) this.count([principal, tenant], -1);
      isInside = false;
    };
  }

  private openOf(who: string): number {
    return this.open.get(who) ?? 0;
  }

  private count(whose: readonly string[], change: 1 | -1): void {
    this.all += change;
    for (const who of whose) {
      const left = this.openOf(who) + change;
      if (left === 0) this.open.delete(who);
      else this.open.set(who, left);
    }
  }
}

function isFull(open: number, most: number): boolean {
  return most > 0 && open >= most;
}

function tooMany(whose: string, most: number): Overload {
  const detail = `${whose} ${String(most)} event streams open, which is the most. Close one, or read the history instead.`;
  return new Overload(429, 'too-many-streams', detail, comeBackAfterSeconds);
}
