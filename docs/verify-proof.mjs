// Checks a proof of the audit, with nothing but Node.js and no connection to the service:
//
//   node docs/verify-proof.mjs proof.json 'postern.example/audit+1a2b3c4d+AQ…'
//
// proof.json is an answer of GET /v1/admin/audit/proofs/{entryId}; the key is one of `verifierKeys` of GET /audit-keys,
// kept from a time when it was trusted. Exit code 0: the entry stands, word for word, in the tree that was signed.
// The steps are RFC 9162, section 2.1.3.2, and C2SP signed-note; docs/audit.md explains them.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leafHashOf = (text) => sha256(Buffer.of(0), Buffer.from(text, 'utf8'));
const parentOf = (left, right) => sha256(Buffer.of(1), left, right);
const fail = (why) => {
  console.error(`NOT PROVED: ${why}`);
  process.exit(1);
};

const [file, verifierKey] = process.argv.slice(2);
if (verifierKey === undefined) fail('give the proof and the verifier key');
const { entry, leafInput, leafHash, leafIndex, path, checkpoint } = JSON.parse(readFileSync(file, 'utf8'));

// 1. The note was signed by the key: over the text up to the empty line.
const [, name, , encodedKey] =
  /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(verifierKey) ?? fail('that is no verifier key');
const rawKey = Buffer.from(encodedKey, 'base64');
const keyHash = sha256(Buffer.from(`${name}\n`), rawKey).subarray(0, 4);
const end = checkpoint.note.indexOf('\n\n');
const text = checkpoint.note.slice(0, end + 1);
const line = checkpoint.note
  .slice(end + 2)
  .split('\n')
  .find((one) => one.startsWith(`— ${name} `));
const signed = Buffer.from(line?.split(' ')[2] ?? '', 'base64');
const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), rawKey.subarray(1)]);
const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
if (!signed.subarray(0, 4).equals(keyHash) || !verify(null, Buffer.from(text), publicKey, signed.subarray(4)))
  fail('the checkpoint was not signed by this key');
const [origin, size, root] = text.split('\n');
if (origin !== name) fail('the checkpoint is of another log');

// 2. The leaf is made of this entry.
if (leafInput === null) console.warn('The entry’s month was retired: only its hash is proved.');
else {
  const canonical = (value) =>
    Array.isArray(value)
      ? `[${value.map(canonical).join(',')}]`
      : value !== null && typeof value === 'object'
        ? `{${Object.keys(value)
            .sort()
            .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
            .join(',')}}`
        : JSON.stringify(value);
  if (canonical(entry) !== leafInput) fail('the entry is not what was hashed');
  if (leafHashOf(leafInput).toString('base64') !== leafHash) fail('the leaf is not the hash of the entry');
}

// 3. The path leads from the leaf to the signed root.
let [node, last, hash] = [leafIndex, Number(size) - 1, Buffer.from(leafHash, 'base64')];
if (!(leafIndex >= 0 && leafIndex <= last)) fail('the tree has no such leaf');
for (const sibling of path.map((one) => Buffer.from(one, 'base64'))) {
  if (last === 0) fail('the path is too long');
  if (node % 2 === 1 || node === last) {
    hash = parentOf(sibling, hash);
    while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
  } else hash = parentOf(hash, sibling);
  [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
}
if (last !== 0 || hash.toString('base64') !== root) fail('the path does not lead to the signed root');
console.log(
  `proved: leaf ${leafIndex} of ${size}${entry === null ? '' : `, entry ${entry.id} (${entry.action})`}, signed by ${name}`,
);
