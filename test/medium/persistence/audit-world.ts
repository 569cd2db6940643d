import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ed25519Attestor } from '../../../src/adapters/audit/ed25519-attestor.js';
import { readVerifierKey } from '../../../src/adapters/audit/verifier-key.js';
import { SequenceAudit } from '../../../src/application/sequence-audit.js';
import { createStoreWorld } from './store-world.js';

/** The stores on a database of the test's own, with a sequencer of their audit that has a key of its own. */
export async function createAuditWorld() {
  const world = await createStoreWorld();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'postern-audit-'));
  const attestor = new Ed25519Attestor({
    origin: 'postern.localhost/audit',
    signingKey: null,
    retiredKeys: [],
    dataDir,
  });
  const keys = attestor.keys.flatMap(({ verifierKey }) => readVerifierKey(verifierKey) ?? []);
  const sequencer = new SequenceAudit(world.unitOfWork, attestor);
  const sequence = (among: 'recent' | 'all' = 'all') => sequencer.run(among);
  /** An entry that stands for no line of history. */
  const noted = (id: string) => world.inTransaction((tx) => tx.audit('noted', { type: 'test', id }));
  const close = async () => {
    await world.close();
    rmSync(dataDir, { recursive: true });
  };
  return { ...world, dataDir, attestor, keys, sequence, noted, close };
}

export type AuditWorld = Awaited<ReturnType<typeof createAuditWorld>>;
