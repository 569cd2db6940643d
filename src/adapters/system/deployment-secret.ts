import { createHmac, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The deployment's one secret, of which keys for single purposes are derived. In development it lies in the data
 * directory, made by whichever process comes first; in production it is configured.
 */
export class DeploymentSecret {
  private readonly secret: string;

  constructor(configured: string | null, dataDir: string | null) {
    if (configured === null && dataDir === null) throw new Error('POSTERN_SECRET is needed');
    this.secret = configured ?? keptIn(dataDir ?? '');
  }

  /** A key for one purpose, e.g. the signing of cursors. */
  keyFor(purpose: string): Buffer {
    return createHmac('sha256', this.secret).update(purpose).digest();
  }

  /** Recognises a contact's address again without keeping it readable; spelling and case do not matter. */
  contactHash(email: string): string {
    return createHmac('sha256', this.keyFor('contact')).update(email.trim().toLowerCase()).digest('hex');
  }
}

function keptIn(dataDir: string): string {
  const file = path.join(dataDir, 'secret');
  mkdirSync(dataDir, { recursive: true });
  const mine = `${file}.${String(process.pid)}`;
  writeFileSync(mine, randomBytes(32).toString('base64url'), { mode: 0o600 });
  try {
    linkSync(mine, file); // fails where another process was first: then its secret counts
  } catch (error) {
    if ((Object(error) as { readonly code?: unknown }).code !== 'EEXIST') throw error;
  } finally {
    rmSync(mine);
  }
  return readFileSync(file, 'utf8');
}
