import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';

/** The key server of a tenant does not answer, and what is known of it does not help: nobody can say who the caller is. */
export class KeysUnavailable extends Error {
  constructor(override readonly cause: unknown) {
    super('the key set cannot be fetched');
    this.name = 'KeysUnavailable';
  }
}

/** How often a key set is asked for at most, in milliseconds (fault F19: a flood of unknown key ids costs one fetch). */
const cooldownMs = 30_000;
/** The same where no key was ever fetched: nobody gets in meanwhile. */
const coldCooldownMs = 2_000;
/** A key that was withdrawn is believed for a day at most, unless the server is away. */
const cacheMaxAgeMs = 86_400_000;

/** The key set of one tenant: cached, and going on with the keys that it had while its server is away. */
export class TenantKeys {
  private readonly remote: ReturnType<typeof createRemoteJWKSet>;
  private failedAt = Number.NEGATIVE_INFINITY;

  constructor(url: URL, cooldownDuration = cooldownMs) {
    this.remote = createRemoteJWKSet(url, {
      cooldownDuration,
      cacheMaxAge: cacheMaxAgeMs,
      timeoutDuration: 5_000,
    });
  }

  readonly find: JWTVerifyGetKey = async (header, token) => {
    const cooldown = this.remote.jwks() === undefined ? coldCooldownMs : cooldownMs;
    if (performance.now() - this.failedAt < cooldown) return this.known(header, token, 'cooling down');
    try {
      return await this.remote(header, token);
    } catch (error) {
      if (isAboutTheToken(error)) throw error;
      this.failedAt = performance.now();
      return this.known(header, token, error);
    }
  };

  /** A key that is not among the known ones may be new: that is no reason to say that a token is bad. */
  private async known(...[header, token, why]: [...Parameters<JWTVerifyGetKey>, why: unknown]) {
    const keys = this.remote.jwks();
    if (keys === undefined) throw new KeysUnavailable(why);
    try {
      return await createLocalJWKSet(keys)(header, token);
    } catch (error) {
      throw error instanceof errors.JWKSNoMatchingKey ? new KeysUnavailable(why) : error;
    }
  }
}

function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
