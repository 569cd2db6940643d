import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The key that signs development tokens, as a private JWK (RS256, with `kid`). */
export type DevelopmentKey = JWK & { readonly kid: string };

function read(file: string): DevelopmentKey | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DevelopmentKey;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function make(): Promise<DevelopmentKey> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  // The id follows from the key, so that a process that knows an earlier one sees that this is another.
  const thumbprint = await calculateJwkThumbprint(jwk);
  return { ...jwk, kid: `postern-development-${thumbprint.slice(0, 12)}`, alg: 'RS256', use: 'sig' };
}

/**
 * The key in `dataDir`/dev-key.json, made by whichever command comes first: it is laid as a whole, and of two
 * commands at once one wins and both use its key. Trusted only where NODE_ENV is not `production`.
 */
export async function developmentKey(dataDir: string): Promise<DevelopmentKey> {
  const file = path.join(dataDir, 'dev-key.json');
  const found = read(file);
  if (found) return found;
  mkdirSync(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(await make()), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  const key = read(file);
  if (!key) throw new Error(`${file} vanished while it was made`);
  return key;
}
