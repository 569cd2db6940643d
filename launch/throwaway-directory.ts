import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A new directory below the temporary one, for a run that removes it at its end. Others may enter it, whatever the umask:
 * as root the embedded PostgreSQL runs as another user, and data that it could not reach would be laid elsewhere and stay.
 */
export function throwawayDirectory(prefix: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), prefix));
  chmodSync(directory, 0o711);
  return directory;
}
