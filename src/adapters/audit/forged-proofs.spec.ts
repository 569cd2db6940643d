import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkpointText } from '../../domain/audit/checkpoint.js';
import type { AuditEntry } from '../../domain/ports/audit-store.js';
import { hashChildren, leafHash, leafInputOf } from './audit-entry.js';
import { noteOf } from './signed-note.js';
import { rawKeyOf, verifierKeyText, type VerifierKey } from './verifier-key.js';

const script = path.resolve(__dirname, '../../../docs/verify-proof.mjs');
const pair = generateKeyPairSync('ed25519');
const key: VerifierKey = { name: 'postern.test/audit', publicKey: rawKeyOf(pair.publicKey) };
const trusted = verifierKeyText(key);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const signed = (text: string) => noteOf(text, key, sign(null, Buffer.from(text), pair.privateKey));

const entry: AuditEntry = {
  sequence: 3,
  id: '00000000-0000-4000-8000-000000000003',
  recordedAt: '2026-01-01T00:00:00.000001Z',
  historySequence: 7,
  action: 'request.approved',
  subjectType: 'request',
  subjectId: '00000000-0000-4000-8000-000000000009',
  at: '2026-01-01T00:00:00.000000Z',
  actor: { kind: 'platform', tenantId: null, name: null, person: null },
  traceId: null,
  details: { version: 2, line: 'ab' },
};
/** A tree of three leaves; the entry is the last: its path is the one hash of the two before it. */
const before = hashChildren(leafHash('"one"'), leafHash('"two"'));
const leaf = leafHash(leafInputOf(entry));
const root = hashChildren(before, leaf);
const note = signed(checkpointText(key.name, 3, base64(root)));
const proof = {
  entry,
  leafInput: leafInputOf(entry),
  leafHash: base64(leaf),
  leafIndex: 2,
  path: [base64(before)],
  checkpoint: { size: 3, note },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-forged-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the script of the documentation on a file with these bytes. */
function checked(content: string | Uint8Array, verifierKey = trusted) {
  const file = path.join(folder, 'proof.json');
  writeFileSync(file, content);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, file, verifierKey], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const text = JSON.stringify(proof);
const bent = (change: object) => JSON.stringify({ ...proof, ...change });
const other = { ...entry, action: 'request.denied' };
const checkpointOf = (size: string, rootText = base64(root)) => ({
  size: Number(size),
  note: signed(`${key.name}\n${size}\n${rootText}\n`),
});
/** A signature that is well spelt and of nobody. */
const noise = base64(Buffer.alloc(68, 1));

describe('docs/verify-proof.mjs (I9)', () => {
  it('proves an entry that was hashed, however its file is laid out', () => {
    for (const layout of [text, JSON.stringify(proof, null, 2)]) {
      expect(checked(layout)).toMatchObject({ status: 0, stdout: expect.stringContaining(entry.id) });
    }
  });

  it('proves a leaf whose month was retired as a hash, and says nothing of an entry', () => {
    const { status, stdout } = checked(bent({ entry: null, leafInput: null }));
    expect(status).toBe(0);
    expect(stdout).toContain(proof.leafHash);
    expect(stdout).not.toMatch(/request\.approved|00000000-/);
  });

  const forgeries: readonly (readonly [string, string | Uint8Array])[] = [
    ['another action with no leaf input', bent({ leafInput: null, entry: other })],
    ['the true entry with no leaf input', bent({ leafInput: null })],
    ['no leaf input at all', JSON.stringify({ ...proof, leafInput: undefined, entry: other })],
    ['a leaf input without its entry', bent({ entry: null })],
    ['a leaf input that is no text', bent({ leafInput: entry })],
    ['an entry that is a text', bent({ entry: leafInputOf(entry) })],
    ['another action beside the true leaf input', bent({ entry: other })],
    ['another entry with its own leaf input', bent({ entry: other, leafInput: leafInputOf(other) })],
    ['a fractional leaf index', bent({ leafIndex: 2.5 })],
    ['a fraction in a large tree', bent({ leafIndex: 1968.5 })],
    ['a leaf index that is a text', bent({ leafIndex: '2' })],
    ['a negative leaf index', bent({ leafIndex: -1 })],
    ['a leaf index of the tree’s size', bent({ leafIndex: 3 })],
    ['another leaf index', bent({ leafIndex: 1 })],
    ['an index beyond what is counted exactly', bent({ leafIndex: 2 ** 53 })],
    ['a number that reading changes', text.replace('"leafIndex":2,', '"leafIndex":2.0000000000000000001,')],
    ['a number in another spelling', text.replace('"leafIndex":2,', '"leafIndex":2e0,')],
    [
      'an entry’s number that reading changes',
      text.replace('"sequence":3,', '"sequence":3.00000000000000000001,'),
    ],
    ['a leaf index that stands twice', text.replace('"leafIndex":2,', '"leafIndex":2,"leafIndex":2,')],
    ['an action that stands twice', text.replace('"action":', '"action":"request.denied","action":')],
    [
      'an action that stands twice, once escaped',
      text.replace('"action":', '"\\u0061ction":"request.denied","action":'),
    ],
    ['an unknown field', bent({ remark: 'proved' })],
    ['an unknown field of the checkpoint', bent({ checkpoint: { ...proof.checkpoint, origin: 'x' } })],
    ['no checkpoint', bent({ checkpoint: null })],
    ['a hash that is too short', bent({ leafHash: base64(leaf.subarray(1)) })],
    ['a hash in another spelling', bent({ leafHash: proof.leafHash.replace('=', '') })],
    ['a hash in hexadecimal', bent({ leafHash: leaf.toString('hex') })],
    ['a step in another spelling', bent({ path: [base64(before).replace('=', '\n=')] })],
    ['a step that is no hash', bent({ path: [null] })],
    ['a path that is no list', bent({ path: base64(before) })],
    ['a path that is too short', bent({ path: [] })],
    ['a path that is too long', bent({ path: [base64(before), base64(before)] })],
    ['a path longer than any tree is deep', bent({ path: Array<string>(100_000).fill(base64(before)) })],
    ['a size beside the note that is not the signed one', bent({ checkpoint: { size: 4, note } })],
    ['a signed size in another spelling', bent({ checkpoint: checkpointOf('3e0') })],
    ['a signed size that is a fraction', bent({ checkpoint: checkpointOf('3.5') })],
    ['a signed size beyond what is counted exactly', bent({ checkpoint: checkpointOf('9007199254740993') })],
    ['a signed tree without leaves', bent({ checkpoint: checkpointOf('0'), leafIndex: 0, path: [] })],
    ['a signed root that is no hash', bent({ checkpoint: checkpointOf('3', 'AAAA') })],
    [
      'a note of another log',
      bent({ checkpoint: { size: 3, note: signed(checkpointText('elsewhere', 3, base64(root))) } }),
    ],
    [
      'a note with a line too many',
      bent({ checkpoint: { size: 3, note: signed(`${key.name}\n3\n${base64(root)}\nmore\n`) } }),
    ],
    [
      'a note that two signatures sign',
      bent({ checkpoint: { size: 3, note: `${note}— ${key.name} ${noise}\n` } }),
    ],
    [
      'a note whose size was changed',
      bent({ checkpoint: { size: 7, note: note.replace('\n3\n', '\n7\n') } }),
    ],
    [
      'a note without a signature',
      bent({ checkpoint: { size: 3, note: checkpointText(key.name, 3, base64(root)) } }),
    ],
    ['a list', '[]'],
    ['nothing', ''],
    ['bytes that are no text', Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0x7d])])],
  ];

  it.each(forgeries)('calls nothing proved in a proof with %s', (_what, content) => {
    const { status, stdout, stderr } = checked(content);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^NOT PROVED: .+\n$/);
  });

  const keys: readonly (readonly [string, string])[] = [
    ['a stranger’s', 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8'],
    ['one with a hash of another', trusted.replace(/\+[\da-f]{8}\+/, '+00000000+')],
    ['one of another algorithm', trusted.replace(/\+A([A-Za-z])/, '+B$1')],
    ['a name', key.name],
  ];

  it.each(keys)('calls nothing proved by a key that is %s', (_what, verifierKey) => {
    expect(checked(text, verifierKey)).toMatchObject({ status: 1, stdout: '' });
  });
});
