import { generateKeyPairSync, sign } from 'node:crypto';
import { checkpointText } from '../../domain/audit/checkpoint.js';
import { noteOf, openCheckpoint } from './signed-note.js';
import { isSignedBy, rawKeyOf, readVerifierKey, type VerifierKey } from './verifier-key.js';

const pair = generateKeyPairSync('ed25519');
const key: VerifierKey = { name: 'postern.test/audit', publicKey: rawKeyOf(pair.publicKey) };
const rootHash = Buffer.alloc(32, 3).toString('base64');
const text = checkpointText(key.name, 12, rootHash);
const note = noteOf(text, key, sign(null, Buffer.from(text), pair.privateKey));

describe('a signed checkpoint', () => {
  it('says what was signed, to whoever has the key', () => {
    expect(openCheckpoint(note, [key])).toEqual({ origin: key.name, size: 12, rootHash });
    expect(note.startsWith(`${key.name}\n12\n${rootHash}\n\n— ${key.name} `)).toBe(true);
  });

  it('is nothing to whoever has another key, or the same one by another name', () => {
    const other = { name: key.name, publicKey: rawKeyOf(generateKeyPairSync('ed25519').publicKey) };
    expect(openCheckpoint(note, [other, { ...key, name: 'elsewhere' }])).toBeNull();
    expect(openCheckpoint(note, [])).toBeNull();
  });

  it('is nothing when any single bit of it is changed', () => {
    const bytes = Buffer.from(note);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const bent = Buffer.from(bytes);
      bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openCheckpoint(bent.toString('utf8'), [key])).toBeNull();
    }
  });

  it('that Go wrote for its own documentation is checked like ours', () => {
    const peter = readVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const signature = Buffer.from(
      'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=',
      'base64',
    );
    const words =
      'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n'.replace(
        '’',
        "'",
      );
    if (peter === null) throw new Error('the key was not read');
    expect(isSignedBy(peter.publicKey, Buffer.from(words), signature.subarray(4))).toBe(true);
  });
});
