import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { Attestor, type AttestationKey } from '../../domain/ports/attestor.js';
import { keptFile } from '../system/kept-file.js';
import { noteOf } from './signed-note.js';
import {
  rawKeyOf,
  readVerifierKey,
  thumbprintOf,
  verifierKeyText,
  type VerifierKey,
} from './verifier-key.js';

export interface AttestorOptions {
  readonly origin: string;
  /** The private key: PKCS#8 in base64. Null: the data directory keeps one. */
  readonly signingKey: string | null;
  /** Keys that signed before, as verifier keys: they are still served, and what they signed still holds. */
  readonly retiredKeys: readonly string[];
  /** Null in production, where the key is configured. */
  readonly dataDir: string | null;
}

/** Where the data directory keeps the key outside production. */
export const signingKeyFile = 'audit-signing-key';

/** Signs with the deployment's own Ed25519 key, which never leaves the process. */
export class Ed25519Attestor extends Attestor {
  override readonly origin: string;
  override readonly keyId: string;
  override readonly keys: readonly AttestationKey[];
  private readonly privateKey: KeyObject;
  private readonly own: VerifierKey;

  constructor({ origin, signingKey, retiredKeys, dataDir }: AttestorOptions) {
    super();
    if (signingKey === null && dataDir === null) throw new Error('AUDIT_SIGNING_KEY is needed');
    const encoded = signingKey ?? keptFile(dataDir ?? '', signingKeyFile, madeSigningKey);
    this.origin = origin;
    this.privateKey = createPrivateKey({
      key: Buffer.from(encoded, 'base64'),
      format: 'der',
      type: 'pkcs8',
    });
    this.own = { name: origin, publicKey: rawKeyOf(createPublicKey(this.privateKey)) };
    const all = [this.own, ...retiredKeys.map(retired)];
    this.keys = all.map((key) => ({
      keyId: thumbprintOf(key.publicKey),
      publicKey: key.publicKey,
      verifierKey: verifierKeyText(key),
    }));
    this.keyId = thumbprintOf(this.own.publicKey);
  }

  override sign(bytes: Uint8Array): Promise<Uint8Array> {
    return Promise.resolve(sign(null, bytes, this.privateKey));
  }

  override async signNote(text: string): Promise<string> {
    const signature = await this.sign(Buffer.from(text));
    return noteOf(text, this.own, signature);
  }
}

function madeSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}

function retired(text: string): VerifierKey {
  const key = readVerifierKey(text);
  if (key === null)
    throw new Error('AUDIT_RETIRED_KEYS holds what is no verifier key (name+hash+key); see /audit-keys');
  return key;
}
