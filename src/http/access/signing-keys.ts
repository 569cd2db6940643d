import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createLocalJWKSet, errors, type JWK, type JWTVerifyGetKey } from 'jose';
import { TenantKeys } from './tenant-keys.js';

export interface SigningKeyOptions {
  /** Where a tenant's key set lies; `{tid}` stands for the tenant. */
  readonly keysTemplate: string;
  /** The data directory with the development key; null in production, where it is never trusted. */
  readonly developmentDir: string | null;
  /** How often a key set is asked for at most, in milliseconds; 30 seconds where it is not given. */
  readonly cooldownMs?: number;
}

/** Key sets by tenant, and the development key where it is trusted. */
export class SigningKeys {
  private readonly remote = new Map<string, TenantKeys>();
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
    if (known !== undefined) return known.find;
    const url = new URL(this.options.keysTemplate.replace('{tid}', tenantId));
    const keys = new TenantKeys(url, this.options.cooldownMs);
    this.remote.set(tenantId, keys);
    return keys.find;
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
    return { kty, n, e, kid, alg: 'RS256', use: 'sig' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null; // none was made yet
    throw error;
  }
}
