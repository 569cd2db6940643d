import { isSignedBy, keyHashOf, type VerifierKey } from './verifier-key.js';

/** What the checkpoint of a tree says (C2SP tlog-checkpoint). */
export interface CheckpointContent {
  readonly origin: string;
  readonly size: number;
  /** The root in base64. */
  readonly rootHash: string;
}

/** A text of whole lines with a signature below it (C2SP signed-note). */
export function noteOf(text: string, key: VerifierKey, signature: Uint8Array): string {
  return `${text}\n— ${key.name} ${Buffer.concat([keyHashOf(key), signature]).toString('base64')}\n`;
}

/**
 * Reads a signed checkpoint and checks its one signature. Null, where it is not exactly a note that we would write, or
 * was signed by none of the keys.
 */
export function openCheckpoint(note: string, keys: readonly VerifierKey[]): CheckpointContent | null {
  const [, text = '', name, encoded = ''] =
    /^((?:[^\n]+\n){3})\n— (\S+) ([A-Za-z\d+/]+=*)\n$/.exec(note) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  // The same bytes can be spelt in several ways: of a signed note no bit may differ.
  if (bytes.length !== 68 || bytes.toString('base64') !== encoded) return null;
  const [hash, signature] = [bytes.subarray(0, 4), bytes.subarray(4)];
  const key = keys.find((one) => one.name === name && keyHashOf(one).equals(hash));
  if (key === undefined || !isSignedBy(key.publicKey, Buffer.from(text), signature)) return null;
  const [origin = '', size = '', rootHash = ''] = text.split('\n');
  return origin === name ? { origin, size: Number(size), rootHash } : null;
}
