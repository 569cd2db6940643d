import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createLocalJWKSet, errors, type JWK, type JWTVerifyGetKey } from 'jose';
import { keyTimes, TenantKeys, type KeyTimes } from './tenant-keys.js';

export interface SigningKeyOptions {
  /** Where a tenant's key set lies; `{tid}` stands for the tenant. */
  readonly keysTemplate: string;
  /** The data directory with the development key; null in production, where it is never trusted. */
  readonly developmentDir: string | null;
  /** What is not given is as in `keyTimes`. */
  readonly times?: Partial<KeyTimes>;
  /** How many key sets are kept: 2,000 where it is not given, about 20 MB. */
  readonly keptAtMost?: number;
}

/** Key ids of the development issuer begin so (launch/development-key.ts). */
const prefix = 'postern-development-';
/** At about 10 kB each, 20 MB. The set that was used longest ago is forgotten first. */
const usuallyKept = 2_000;

/** Key sets by tenant, and the development key where it is trusted. */
export class SigningKeys {
  private readonly remote = new Map<string, TenantKeys>();
  private readonly developmentKeys = new Map<string, JWTVerifyGetKey>();

  constructor(private readonly options: SigningKeyOptions) {}

  /** Where a token's key is found: in that tenant's own set and in no other's. */
  forTenant(tenantId: string): JWTVerifyGetKey {
    return async (header, token) => {
      if (header.kid?.startsWith(prefix) !== true) return this.remoteFor(tenantId).find(header, token);
      // In production the id alone is enough to know: no key server is asked for it.
      if (!this.isDevelopments(header.kid)) throw new errors.JWKSNoMatchingKey();
      return (await this.developmentKey(header.kid ?? ''))(header, token);
    };
  }

  /** Whether a key id can only be the development issuer's: false for every one in production. */
  isDevelopments(keyId: string | undefined): boolean {
    return this.options.developmentDir !== null && keyId?.startsWith(prefix) === true;
  }

  private remoteFor(tenantId: string): TenantKeys {
    const { keysTemplate, times = {}, keptAtMost = usuallyKept } = this.options;
    const url = () => new URL(keysTemplate.replaceAll('{tid}', tenantId));
    const keys = this.remote.get(tenantId) ?? new TenantKeys(url(), { ...keyTimes, ...times });
    // Written again with every use, the map's first entry is the one that was used longest ago.
    this.remote.delete(tenantId);
    for (const oldest of this.remote.keys()) {
      if (this.remote.size < keptAtMost) break;
      this.remote.delete(oldest);
    }
    this.remote.set(tenantId, keys);
    return keys;
  }

  /** The file is read again for a key id that it did not have: it may have been made after this process started. */
  private async developmentKey(kid: string): Promise<JWTVerifyGetKey> {
    const known = this.developmentKeys.get(kid);
    if (known !== undefined) return known;
    const key = await readPublicKey(path.join(this.options.developmentDir ?? '', 'dev-key.json'));
    if (key?.kid !== kid) throw new errors.JWKSNoMatchingKey();
    const find = createLocalJWKSet({ keys: [key] });
    this.developmentKeys.set(kid, find);
    return find;
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
