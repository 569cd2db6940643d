import { createHmac, randomBytes } from 'node:crypto';
import { keptFile } from './kept-file.js';

/**
 * The deployment's one secret, of which keys for single purposes are derived. In development it lies in the data
 * directory, made by whichever process comes first; in production it is configured.
 */
export class DeploymentSecret {
  private readonly secret: string;

  constructor(configured: string | null, dataDir: string | null) {
    if (configured === null && dataDir === null) throw new Error('POSTERN_SECRET is needed');
    this.secret =
      configured ?? keptFile(dataDir ?? '', 'secret', () => randomBytes(32).toString('base64url'));
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
