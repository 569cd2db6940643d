import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWK, type JWTVerifyGetKey } from 'jose';

export interface SigningKeyOptions {
  /** Where a tenant's key set lies; `{tid}` stands for the tenant. */
  readonly keysTemplate: string;
  /** The data directory with the development key; null in production, where it is never trusted. */
  readonly developmentDir: string | null;
}

/** Key sets a tenant: cached, fetched at most once a cool-down (30 s), going on with old keys while the server is away. */
export class SigningKeys {
  private readonly remote = new Map<string, JWTVerifyGetKey>();
  private readonly developmentKeys = new Map<string, JWK>();

  constructor(private readonly options: SigningKeyOptions) {}

  forTenant(tenantId: string): JWTVerifyGetKey {
    return async (header, token) => {
      const local = await this.developmentKey(header.kid);
      if (local !== null) return createLocalJWKSet({ keys: [local] })(header, token);
      return this.remoteFor(tenantId)(header, token);
    };
  }

  private remoteFor(tenantId: string): JWTVerifyGetKey {
    const known = this.remote.get(tenantId);
    if (known !== undefined) return known;
    const url = new URL(this.options.keysTemplate.replace('{tid}', tenantId));
    const keys = createRemoteJWKSet(url, {
      cooldownDuration: 30_000,
      cacheMaxAge: 86_400_000,
      timeoutDuration: 5_000,
    });
    this.remote.set(tenantId, keys);
    return keys;
  }

  /** The file is read again for a key id that it did not have: it may have been made after this process started. */
  private async developmentKey(kid: string | undefined): Promise<JWK | null> {
    const { developmentDir } = this.options;
    if (developmentDir === null || kid?.startsWith('postern-development') !== true) return null;
    const known = this.developmentKeys.get(kid);
    if (known !== undefined) return known;
    const key = await readPublicKey(path.join(developmentDir, 'dev-key.json'));
    if (key?.kid !== kid) throw new errors.JWKSNoMatchingKey();
    this.developmentKeys.set(kid, key);
    return key;
  }
}

async function readPublicKey(file: string): Promise<JWK | null> {
  try {
    const { kty, n, e, kid } = JSON.parse(await readFile(file, 'utf8')) as JWK;
    return { kty, n, e, kid, alg: 'RS256', use: 'sig' } as JWK;
  } catch {
    return null; // there is no development key yet
  }
}
