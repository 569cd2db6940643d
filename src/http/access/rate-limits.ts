import { createHmac } from 'node:crypto';
import type { OnModuleDestroy } from '@nestjs/common';
import type { Caller } from '../../domain/access/actor.js';
import type { RateCounters } from '../../domain/ports/rate-counters.js';
import type { ApiLog } from '../api-log.js';
import type { ApiMetrics } from '../api-metrics.js';
import { Overload } from '../problems/overload.js';
import { RateWindow } from './rate-window.js';

const windowMs = 60_000;
/** How often the shared counters are told and asked: what all processes together let through too much is a quarter of a second's worth. */
const shareEveryMs = 250;
/** About 3 MB, and as many callers a minute as one process could ever serve. */
const mostKept = 20_000;
const mostAtOnce = 5_000;
/** A second of silence: a connection that is being made is no outage. */
const failuresBeforeTold = 3;

export interface RateLimitOptions {
  /** Points a minute of a whole tenant, and of one person or application of it; 0 = no limit. */
  readonly tenantPoints: number;
  readonly principalPoints: number;
  /** Keys are digests under this secret, so that the counters name nobody. */
  readonly secret: Buffer;
  readonly now?: () => number;
}

/** What a call cost its caller: the headers that tell of it, and the refusal where there was nothing left. */
export interface Charged {
  readonly headers: Readonly<Record<string, string>>;
  readonly refusal: Overload | null;
}

type Name = 'tenant' | 'principal';

/**
 * Points a minute for tenants and for principals (docs/decisions/0011). A call is counted here and now, in memory, and never
 * waits for a store; what was counted is added to the counters that all processes share four times a second, and the totals
 * come back with that. Where the store is away, each process goes on with its own count.
 */
export class RateLimits implements OnModuleDestroy {
  private current: RateWindow;
  private readonly digests = new Map<string, string>();
  private readonly policy: string;
  private readonly now: () => number;
  private timer: NodeJS.Timeout | null = null;
  private failures = 0;

  constructor(
    private readonly options: RateLimitOptions,
    private readonly counters: RateCounters,
    private readonly log: Pick<ApiLog, 'info' | 'warn'>,
    private readonly metrics: Pick<ApiMetrics, 'limited' | 'limitsAreShared'>,
  ) {
    this.now = options.now ?? Date.now;
    this.current = new RateWindow(Math.floor(this.now() / windowMs), mostKept);
    this.policy = this.quotas()
      .map(([name, points]) => `"${name}";q=${String(points)};w=${String(windowMs / 1_000)}`)
      .join(', ');
  }

  /** Charges a call to its caller's tenant and to the caller. What is refused costs nothing. */
  charge(caller: Caller, cost: number): Charged {
    if (this.policy === '') return { headers: {}, refusal: null };
    const window = this.present();
    const seconds = Math.ceil(((window.number + 1) * windowMs - this.now()) / 1_000);
    const keys = this.quotas().map(([name, points]) => ({ name, points, key: this.keyOf(name, caller) }));
    const spent = keys.find(({ key, points }) => window.usedBy(key) + cost > points);
    if (spent === undefined) for (const { key } of keys) window.add(key, cost);
    else this.metrics.limited(spent.name);
    this.shareSoon();
    const left = keys.map(({ name, points, key }) => {
      const remaining = Math.max(points - window.usedBy(key), 0);
      return `"${name}";r=${String(remaining)};t=${String(seconds)}`;
    });
    return {
      headers: { 'ratelimit-policy': this.policy, ratelimit: left.join(', ') },
      refusal: spent === undefined ? null : refusalOf(spent.name, spent.points, seconds),
    };
  }

  onModuleDestroy(): void {
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** Tells the shared counters what was counted here, and learns what all counted. Never throws. */
  async share(): Promise<void> {
    const window = this.present();
    const used = window.take(mostAtOnce);
    if (used.length === 0) return;
    try {
      window.learn(await this.counters.add(used));
      this.heard();
    } catch {
      window.untell(used);
      this.unheard();
    }
  }

  private shareSoon(): void {
    this.timer ??= setTimeout(() => {
      void this.share()
        .catch(() => undefined) // counted here all the same
        .finally(() => (this.timer = null));
    }, shareEveryMs).unref();
  }

  private heard(): void {
    if (this.failures >= failuresBeforeTold) {
      this.log.info('rate limits are shared by all processes again');
      this.metrics.limitsAreShared(true);
    }
    this.failures = 0;
  }

  private unheard(): void {
    this.failures += 1;
    if (this.failures !== failuresBeforeTold) return;
    this.log.warn('the shared counters of rate limits do not answer: this process counts alone');
    this.metrics.limitsAreShared(false);
  }

  private present(): RateWindow {
    const number = Math.floor(this.now() / windowMs);
    if (number !== this.current.number) {
      this.current = new RateWindow(number, mostKept);
      this.digests.clear();
    }
    return this.current;
  }

  private quotas(): readonly (readonly [Name, number])[] {
    const { tenantPoints, principalPoints } = this.options;
    const all = [
      ['tenant', tenantPoints],
      ['principal', principalPoints],
    ] as const;
    return all.filter(([, points]) => points > 0);
  }

  private keyOf(name: Name, { tenantId, objectId }: Caller): string {
    const named = name === 'tenant' ? tenantId : `${tenantId} ${objectId}`;
    const known = this.digests.get(named);
    if (known !== undefined) return known;
    const key = createHmac('sha256', this.options.secret).update(named).digest('base64url').slice(0, 32);
    if (this.digests.size >= mostKept) this.digests.clear();
    this.digests.set(named, key);
    return key;
  }
}

function refusalOf(name: Name, points: number, seconds: number): Overload {
  const whose = name === 'tenant' ? 'Your tenant has' : 'You have';
  const detail = `${whose} used the ${String(points)} points of this minute. Wait ${String(seconds)} seconds, and ask less often: RateLimit says what is left.`;
  return new Overload(429, 'rate-limited', detail, seconds);
}
