import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';

/** A public Ed25519 key with the name it goes by in signed notes (C2SP signed-note). */
export interface VerifierKey {
  readonly name: string;
  /** The 32 bytes of the key. */
  readonly publicKey: Uint8Array;
}

/** Says "Ed25519" in the id and the text of a verifier key. */
const ed25519 = 1;
/** A SubjectPublicKeyInfo of Ed25519 up to the key itself (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** The four bytes by which a signature line names its key. */
export function keyHashOf({ name, publicKey }: VerifierKey): Buffer {
  return createHash('sha256')
    .update(name)
    .update(Buffer.from([0x0a, ed25519]))
    .update(publicKey)
    .digest()
    .subarray(0, 4);
}

/** The key as one line of text, `name+hash+key`, as verifiers of signed notes take it. */
export function verifierKeyText(key: VerifierKey): string {
  const encoded = Buffer.concat([Buffer.from([ed25519]), key.publicKey]).toString('base64');
  return `${key.name}+${keyHashOf(key).toString('hex')}+${encoded}`;
}

/** Reads such a line; null for one that is none, is of another algorithm, or whose hash is not its own. */
export function readVerifierKey(text: string): VerifierKey | null {
  const [, name = '', hash, encoded = ''] =
    /^([^\s+]+)\+([\da-f]{8})\+([A-Za-z\d+/]{44})$/.exec(text.trim()) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== 33 || bytes[0] !== ed25519) return null;
  const key = { name, publicKey: bytes.subarray(1) };
  return keyHashOf(key).toString('hex') === hash ? key : null;
}

/** The key's id as a JWK: its RFC 7638 thumbprint. */
export function thumbprintOf(publicKey: Uint8Array): string {
  const members = `{"crv":"Ed25519","kty":"OKP","x":"${Buffer.from(publicKey).toString('base64url')}"}`;
  return createHash('sha256').update(members).digest('base64url');
}

/** The 32 bytes of a key that node:crypto holds. */
export function rawKeyOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length);
}

/** Whether the signature over exactly these bytes is this key's. */
export function isSignedBy(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  const spki = Buffer.concat([spkiPrefix, publicKey]);
  return verify(null, bytes, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature);
}
