import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import canonicalize from 'canonicalize';
import type { ReceiptClaims } from '../../domain/receipt.js';
import { Ed25519Attestor } from './ed25519-attestor.js';
import { receiptSigner } from './receipt-signer.js';
import { thumbprintOf, rawKeyOf } from './verifier-key.js';

const script = path.resolve(__dirname, '../../../docs/verify-receipt.mjs');
const origin = 'postern.test/audit';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signingKey = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
const attestor = new Ed25519Attestor({ origin, signingKey, retiredKeys: [], dataDir: null });
const kid = thumbprintOf(rawKeyOf(publicKey));
const jwkOf = (raw: Uint8Array) => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: Buffer.from(raw).toString('base64url'),
});
const own = { ...jwkOf(rawKeyOf(publicKey)), kid, alg: 'EdDSA', use: 'sig' };
const stranger = generateKeyPairSync('ed25519');

const header = { alg: 'EdDSA', kid, typ: 'postern-receipt+jwt' };
const id = (last: number) => `00000000-0000-4000-8000-00000000000${String(last)}`;
const decided: ReceiptClaims = {
  aggregate: 'request',
  aggregateId: id(1),
  version: 4,
  subscriptionId: id(2),
  tenantId: id(3),
  requestId: id(1),
  decision: 'denied',
  reasonCode: 'relay-sufficient',
  at: '2026-01-01T00:00:00.000Z',
  pack: 'P3',
  policyRulesVersion: '1',
};
const { aggregate, aggregateId, tenantId: _tenant, ...rest } = decided;
const claims = { iss: origin, about: aggregate, sub: aggregateId, ...rest };

const encoded = (value: unknown) => Buffer.from(String(value)).toString('base64url');
/** A receipt of these exact texts, signed by the deployment's own key unless another is given. */
function signedTexts(headerText: string, payloadText: string, by: KeyObject = privateKey): string {
  const text = `${encoded(headerText)}.${encoded(payloadText)}`;
  return `${text}.${sign(null, Buffer.from(text), by).toString('base64url')}`;
}
const written = (value: unknown) => canonicalize(value) ?? '';
const ofHeader = (change: object) => signedTexts(written({ ...header, ...change }), written(claims));
const ofClaims = (change: object) => signedTexts(written(header), written({ ...claims, ...change }));
const payload = written(claims);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-receipts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function checked(receipt: string, keys: unknown = { origin, keys: [own] }) {
  const file = path.join(folder, 'keys.json');
  writeFileSync(file, JSON.stringify(keys));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, file, receipt], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('docs/verify-receipt.mjs', () => {
  it('prints the claims of a receipt that the deployment signed', async () => {
    const { status, stdout } = checked(await receiptSigner(attestor)(decided));
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(claims);
    expect(checked(ofClaims({})).status).toBe(0);
  });

  const [headerPart = '', payloadPart = '', signature = ''] = ofClaims({}).split('.');
  const forgeries: readonly (readonly [string, string])[] = [
    ['of no algorithm', `${encoded('{"alg":"none","typ":"postern-receipt+jwt"}')}.${payloadPart}.`],
    ['of an algorithm that lets the public key sign', ofHeader({ alg: 'HS256' })],
    ['of an algorithm in another spelling', ofHeader({ alg: 'eddsa' })],
    ['of another type', ofHeader({ typ: 'JWT' })],
    ['with a key in its header', ofHeader({ jwk: own })],
    ['with something critical in its header', ofHeader({ crit: ['exp'] })],
    ['whose key’s id is no text', ofHeader({ kid: null })],
    ['of a key that nobody has', ofHeader({ kid: thumbprintOf(rawKeyOf(stranger.publicKey)) })],
    ['that a stranger signed', signedTexts(written(header), payload, stranger.privateKey)],
    [
      'whose claims were changed',
      `${headerPart}.${encoded(written({ ...claims, decision: 'approved' }))}.${signature}`,
    ],
    ['whose signature is spelt otherwise', `${headerPart}.${payloadPart}.${signature}=`],
    ['whose claims are spelt otherwise', `${headerPart}.${payloadPart}=.${signature}`],
    ['without a signature', `${headerPart}.${payloadPart}.`],
    ['of four parts', `${headerPart}.${payloadPart}.${signature}.${signature}`],
    [
      'whose decision stands twice',
      signedTexts(written(header), payload.replace('"decision":', '"decision":"approved","decision":')),
    ],
    [
      'whose header’s algorithm stands twice',
      signedTexts(written(header).replace('{', '{"alg":"EdDSA",'), payload),
    ],
    ['with blanks between', signedTexts(written(header), payload.replace('{', '{ '))],
    [
      'with a number in another spelling',
      signedTexts(written(header), payload.replace('"version":4', '"version":4.0')),
    ],
    ['with a claim that nobody knows', ofClaims({ admin: true })],
    ['without a claim', ofClaims({ pack: undefined })],
    ['whose claims are a list', signedTexts(written(header), '[]')],
    ['whose claims are nothing', signedTexts(written(header), 'null')],
    ['whose version is a text', ofClaims({ version: '4' })],
    ['whose version is a fraction', ofClaims({ version: 4.5 })],
    ['whose version is nothing yet', ofClaims({ version: 0 })],
    ['whose version is not counted exactly', ofClaims({ version: 2 ** 53 })],
    ['of a request in capital letters', ofClaims({ sub: id(1).replace('8', 'A') })],
    ['of a subscription that is no id', ofClaims({ subscriptionId: 7 })],
    ['of no instant', ofClaims({ at: 'yesterday' })],
    ['of a day that there is not', ofClaims({ at: '2026-02-30T00:00:00.000Z' })],
    ['whose reason is an object', ofClaims({ reasonCode: {} })],
    ['of a decision that there is not', ofClaims({ decision: 'pardoned' })],
    ['of a decision about something else', ofClaims({ decision: 'revoked' })],
    ['of another deployment', ofClaims({ iss: 'postern.example/audit' })],
    ['that is a token of somebody', signedTexts('{"alg":"EdDSA","typ":"JWT"}', '{"sub":"x"}')],
    ['that is nonsense', 'nonsense'],
  ];

  it.each(forgeries)('refuses a receipt %s', (_what, receipt) => {
    const { status, stdout, stderr } = checked(receipt);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).not.toBe('');
  });

  const sets: readonly (readonly [string, unknown])[] = [
    ['hold another key under that id', { origin, keys: [{ ...jwkOf(rawKeyOf(stranger.publicKey)), kid }] }],
    ['hold two keys of one id', { origin, keys: [own, own] }],
    ['hold a key for something else', { origin, keys: [{ ...own, use: 'enc' }] }],
    ['hold a key of another algorithm', { origin, keys: [{ ...own, alg: 'ES256' }] }],
    ['hold a key of another curve', { origin, keys: [{ ...own, crv: 'X25519' }] }],
    ['hold a key that is too short', { origin, keys: [{ ...own, x: own.x.slice(4) }] }],
    ['hold no list', { origin, keys: { 0: own } }],
    ['are another deployment’s', { origin: 'elsewhere', keys: [own] }],
    ['are nothing', null],
  ];

  it.each(sets)('believes no receipt where the keys %s', (_what, keys) => {
    expect(checked(ofClaims({}), keys)).toMatchObject({ status: 1, stdout: '' });
  });

  it('believes no receipt that a stranger signed and put its key under the true id', () => {
    const theirs = { ...jwkOf(rawKeyOf(stranger.publicKey)), kid };
    const receipt = signedTexts(written(header), payload, stranger.privateKey);
    expect(checked(receipt, { origin, keys: [theirs] })).toMatchObject({ status: 1, stdout: '' });
  });
});
