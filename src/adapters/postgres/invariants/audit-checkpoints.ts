import { openCheckpoint } from '../../audit/signed-note.js';
import type { VerifierKey } from '../../audit/verifier-key.js';
import { Findings } from './findings.js';
import type { Invariant } from './invariant.js';

const checkpointsAtOnce = 500;

/** Every checkpoint is a note that one of these keys signed, and says its size. Without a key nobody can say so. */
export function signedCheckpoints(keys: readonly VerifierKey[]): Invariant {
  return {
    id: 'I9',
    sentence: 'every checkpoint of the audit is signed by the deployment’s key',
    findBroken: async (client) => {
      const findings = new Findings();
      for (let after = -1; ;) {
        const { rows } = await client.query<{ size: string; note: string }>(
          `SELECT size, note FROM audit_checkpoints WHERE size > $1 ORDER BY size LIMIT ${String(checkpointsAtOnce)}`,
          [after],
        );
        if (rows.length > 0 && keys.length === 0)
          return ['no key is known: give AUDIT_VERIFIER_KEYS, what /audit-keys calls verifierKeys'];
        for (const { size, note } of rows) {
          const content = openCheckpoint(note, keys);
          if (content === null) findings.add(`checkpoint ${size} is not signed by a known key`);
          else if (String(content.size) !== size)
            findings.add(`checkpoint ${size} was signed for ${String(content.size)} leaves`);
        }
        if (rows.length < checkpointsAtOnce) return findings.all;
        after = Number(rows.at(-1)?.size);
      }
    },
  };
}
