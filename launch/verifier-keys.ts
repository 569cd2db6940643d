import { existsSync } from 'node:fs';
import path from 'node:path';
import { Ed25519Attestor, signingKeyFile } from '../src/adapters/audit/ed25519-attestor.js';
import { readVerifierKey, type VerifierKey } from '../src/adapters/audit/verifier-key.js';
import { readConfiguration } from '../src/config/configuration.js';

/**
 * The keys with which signed checkpoints are checked: those of AUDIT_VERIFIER_KEYS, which somebody kept outside of the
 * deployment, or else the deployment's own. None where neither is at hand.
 */
export function verifierKeys(env: NodeJS.ProcessEnv, dataDir: string): readonly VerifierKey[] {
  const given = env['AUDIT_VERIFIER_KEYS'] ?? '';
  if (given !== '') return given.split(',').map(readKey);
  const { AUDIT_SIGNING_KEY, AUDIT_ORIGIN, AUDIT_RETIRED_KEYS } = env;
  const { audit } = readConfiguration({ AUDIT_SIGNING_KEY, AUDIT_ORIGIN, AUDIT_RETIRED_KEYS });
  if (audit.signingKey === null && !existsSync(path.join(dataDir, signingKeyFile))) return [];
  return new Ed25519Attestor({ ...audit, dataDir }).keys.map(({ verifierKey }) => readKey(verifierKey));
}

function readKey(text: string): VerifierKey {
  const key = readVerifierKey(text);
  if (key === null)
    throw new Error('AUDIT_VERIFIER_KEYS takes what /audit-keys calls verifierKeys: name+hash+key');
  return key;
}
