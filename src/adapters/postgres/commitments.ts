import { createHash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { RequestParticulars } from '../../domain/ports/record-stores.js';

/** What the audit entry of a change keeps of words that can be erased: nothing of them without the salt. */
export interface Commitment {
  readonly of: 'text' | 'particulars';
  readonly id: string;
  /** SHA-256 of the salt and the words, in hexadecimal. */
  readonly digest: string;
}

/** 32 bytes that are kept beside the words and erased with them: short words cannot be guessed without. */
export function freshSalt(): Buffer {
  return randomBytes(32);
}

/** The commitment to a text: its UTF-8 behind the salt. */
export function textDigest(salt: Uint8Array, text: string): string {
  return createHash('sha256').update(salt).update(text, 'utf8').digest('hex');
}

/** The commitment to what a request says of people: canonical JSON (RFC 8785) behind the salt. */
export function particularsDigest(salt: Uint8Array, particulars: RequestParticulars): string {
  const { justification, sending, contact, consent } = particulars;
  const whole = canonicalize({ justification, sending, contact, consent }) ?? '';
  return createHash('sha256').update(salt).update(whole, 'utf8').digest('hex');
}
