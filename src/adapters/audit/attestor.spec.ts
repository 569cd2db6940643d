import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { Ed25519Attestor } from './ed25519-attestor.js';
import { isSignedBy, keyHashOf, readVerifierKey, thumbprintOf, verifierKeyText } from './verifier-key.js';

/** The key of Go's checksum database. */
const example = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'postern-attestor-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const made = (differs: Partial<ConstructorParameters<typeof Ed25519Attestor>[0]> = {}) =>
  new Ed25519Attestor({
    origin: 'postern.test/audit',
    signingKey: null,
    retiredKeys: [],
    dataDir,
    ...differs,
  });
const bytes = Buffer.from('what is said');

describe('the attestor', () => {
  it('signs what anybody can check with its public key, and with no other', async () => {
    const signature = await made().sign(bytes);
    const [key] = made().keys;
    const publicKey = key?.publicKey ?? new Uint8Array();
    expect(signature).toHaveLength(64);
    expect(isSignedBy(publicKey, bytes, signature)).toBe(true);
    expect(isSignedBy(publicKey, Buffer.from('something else'), signature)).toBe(false);
    const other = made({ dataDir: path.join(dataDir, 'other') }).keys[0]?.publicKey ?? new Uint8Array();
    expect(isSignedBy(other, bytes, signature)).toBe(false);
  });

  it('is the same in every process of a data directory, whose key only its owner reads', () => {
    expect(made().keyId).toBe(made().keyId);
    expect(readdirSync(dataDir)).toEqual(['audit-signing-key']);
    expect(statSync(path.join(dataDir, 'audit-signing-key')).mode & 0o777).toBe(0o600);
  });

  it('takes a configured key as openssl writes it, and leaves nothing behind', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const signingKey = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    expect(made({ signingKey }).keyId).toBe(made({ signingKey, dataDir: null }).keyId);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('must have a key from somewhere', () => {
    expect(() => made({ dataDir: null })).toThrow('AUDIT_SIGNING_KEY is needed');
  });

  it('still serves the keys that signed before, and refuses what is none', () => {
    const { keys } = made({ retiredKeys: [example] });
    expect(keys).toHaveLength(2);
    expect(keys[1]?.keyId).toBe(thumbprintOf(readVerifierKey(example)?.publicKey ?? new Uint8Array()));
    expect(() => made({ retiredKeys: ['postern.test/audit'] })).toThrow('AUDIT_RETIRED_KEYS');
  });
});

describe('a verifier key', () => {
  it('is read and written as C2SP signed-note spells it', () => {
    const key = readVerifierKey(example);
    if (key === null) throw new Error('the example was not read');
    expect(key.name).toBe('sum.golang.org');
    expect(verifierKeyText(key)).toBe(example);
    expect(keyHashOf(key).toString('hex')).toBe('033de0ae');
  });

  it.each(['', 'sum.golang.org', example.replace('033de0ae', '033de0af'), example.replace('+Ac', '+Bc')])(
    'is none: %j',
    (text) => {
      expect(readVerifierKey(text)).toBeNull();
    },
  );

  it('is named by its RFC 7638 thumbprint, as jose computes it', async () => {
    const publicKey = Buffer.alloc(32, 7);
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') };
    expect(thumbprintOf(publicKey)).toBe(await calculateJwkThumbprint(jwk));
  });
});
