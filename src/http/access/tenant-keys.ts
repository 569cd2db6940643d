import { errors, type JWTVerifyGetKey } from 'jose';
import { fetchKeySet, type KeySet } from './key-set.js';

/** The key server of a tenant does not answer, and what is known of it does not help: nobody can say who the caller is. */
export class KeysUnavailable extends Error {
  constructor(override readonly cause: unknown) {
    super('the key set cannot be fetched');
    this.name = 'KeysUnavailable';
  }
}

/** How key sets are fetched; all durations in milliseconds. */
export interface KeyTimes {
  /** How often a key set is asked for at most (F19: a flood of unknown key ids costs one fetch). */
  readonly cooldownMs: number;
  /** The same where no key was ever fetched: nobody gets in meanwhile. */
  readonly coldCooldownMs: number;
  /** How long a key that was withdrawn is believed at most, unless the server is away. */
  readonly freshForMs: number;
  /** How long a caller waits for a slow server. */
  readonly timeoutMs: number;
  /** A clock that is never set back. */
  readonly now: () => number;
}

export const keyTimes: KeyTimes = {
  cooldownMs: 30_000,
  coldCooldownMs: 2_000,
  freshForMs: 3_600_000, // an hour
  timeoutMs: 3_000,
  now: () => performance.now(),
};

interface Known {
  readonly keys: KeySet;
  readonly fetchedAt: number;
}

/** The key set of one tenant: cached, fetched by one request for all, going on with what it has while its server is away. */
export class TenantKeys {
  private known: Known | null = null;
  private fetching: Promise<void> | null = null;
  private triedAt = Number.NEGATIVE_INFINITY;
  /** What went wrong the last time; null where nothing did. */
  private failure: unknown = null;

  constructor(
    private readonly url: URL,
    private readonly times: KeyTimes,
  ) {}

  /** The key that a header names. Throws JWKSNoMatchingKey, or KeysUnavailable where the key may only be unknown yet. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    await this.freshen();
    if (this.known?.keys.has(header.kid) !== true) await this.refresh();
    if (this.known?.keys.has(header.kid) === true) return this.known.keys.find(header, token);
    if (this.known === null || this.failure !== null) throw new KeysUnavailable(this.failure);
    throw new errors.JWKSNoMatchingKey();
  };

  /** An old set is fetched again before it is believed. Of a server that is known to be away, nobody waits for that. */
  private async freshen(): Promise<void> {
    if (this.known !== null && this.times.now() - this.known.fetchedAt < this.times.freshForMs) return;
    if (this.known === null || this.failure === null) await this.refresh();
    else void this.refresh();
  }

  /** Fetches, or waits for the fetch that is under way; does nothing while it cools down. Never rejects. */
  private refresh(): Promise<void> {
    if (this.fetching !== null) return this.fetching;
    const { now, cooldownMs, coldCooldownMs, timeoutMs } = this.times;
    const cooldown = this.known === null ? Math.min(coldCooldownMs, cooldownMs) : cooldownMs;
    if (now() - this.triedAt < cooldown) return Promise.resolve();
    const settle = (failure: unknown) => {
      this.failure = failure;
      this.triedAt = now();
      this.fetching = null;
    };
    this.fetching = fetchKeySet(this.url, timeoutMs).then(
      (keys) => {
        this.known = { keys, fetchedAt: now() };
        settle(null);
      },
      (error: unknown) => settle(error ?? new Error('unknown')),
    );
    return this.fetching;
  }
}
