import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The text of a file in the data directory that only its owner may read, made by whichever process comes first: it is
 * laid as a whole, and of two at once one wins and both read its text.
 */
export function keptFile(dataDir: string, name: string, make: () => string): string {
  const file = path.join(dataDir, name);
  mkdirSync(dataDir, { recursive: true });
  const mine = `${file}.${String(process.pid)}`;
  writeFileSync(mine, make(), { mode: 0o600 });
  try {
    linkSync(mine, file); // fails where another process was first: then its text counts
  } catch (error) {
    if ((Object(error) as { readonly code?: unknown }).code !== 'EEXIST') throw error;
  } finally {
    rmSync(mine);
  }
  return readFileSync(file, 'utf8');
}
