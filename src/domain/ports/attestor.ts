/** A public key of the deployment, with which anybody can check what it signed. */
export interface AttestationKey {
  /** The RFC 7638 thumbprint of the key as a JWK: what a `kid` names. */
  readonly keyId: string;
  /** The 32 bytes of an Ed25519 public key. */
  readonly publicKey: Uint8Array;
  /** The key as verifiers of signed notes take it: `name+hash+key` (C2SP signed-note). */
  readonly verifierKey: string;
}

/**
 * Vouches for what this deployment says: checkpoints of the audit, receipts of decisions (docs/audit.md). Ed25519.
 * Whoever signs makes sure that no two kinds of statement can be the same bytes.
 */
export abstract class Attestor {
  /** What the deployment is called where its statements are checked, e.g. `postern.example/audit`. */
  abstract readonly origin: string;
  /** The id of the key that signs now. */
  abstract readonly keyId: string;
  /** The key that signs now first, then those that signed before. */
  abstract readonly keys: readonly AttestationKey[];
  /** The 64 bytes of the signature over exactly these bytes. */
  abstract sign(bytes: Uint8Array): Promise<Uint8Array>;
  /** A text of whole lines with this deployment's signature below it (C2SP signed-note). */
  abstract signNote(text: string): Promise<string>;
}
