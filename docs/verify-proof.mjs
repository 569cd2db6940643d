// Checks a proof of the audit, with nothing but Node.js and no connection to the service:
//
//   node docs/verify-proof.mjs proof.json 'postern.example/audit+1a2b3c4d+AQ…'
//
// proof.json is an answer of GET /v1/admin/audit/proofs/{entryId}; the key is one of `verifierKeys` of GET /audit-keys,
// kept from a time when it was trusted. Exit code 0: the entry stands, word for word, in the tree that was signed.
// Where the entry's month was retired, the proof holds no entry: then the hash of its leaf is proved, and nothing else.
// The steps are RFC 9162, section 2.1.3.2, and C2SP signed-note; docs/audit.md explains them.
// Everything is read strictly: what could be read in two ways is refused, so that nobody is shown what was not hashed.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const proofFields = ['checkpoint', 'entry', 'leafHash', 'leafIndex', 'leafInput', 'path'];
const checkpointFields = ['note', 'size'];
/** A tree of 2^53 leaves has paths of 53 hashes. */
const longestPath = 53;

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leafHashOf = (text) => sha256(Buffer.of(0), Buffer.from(text, 'utf8'));
const parentOf = (left, right) => sha256(Buffer.of(1), left, right);
const fail = (why) => {
  throw new Error(why);
};
/** A text of an entry as one line that no terminal obeys. */
const plain = (text) => JSON.stringify(String(text)).slice(1, -1);
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const canonical = (value) =>
  Array.isArray(value)
    ? `[${value.map(canonical).join(',')}]`
    : isObject(value)
      ? `{${Object.keys(value)
          .sort()
          .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
          .join(',')}}`
      : JSON.stringify(value);

/**
 * JSON that says one thing only: no object has a name twice (JSON.parse silently takes the last), and no number is
 * spelt so that reading it changes it. What somebody sees in the file is what is proved.
 */
function strictJson(bytes) {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  const value = JSON.parse(text);
  const strings = /"(?:[^"\\]|\\.)*"(\s*:)?/g;
  const names = [...text.matchAll(strings)].filter(([, colon]) => colon !== undefined).length;
  if (names !== namesIn(value)) fail('a name stands twice in one object');
  for (const [number] of text.replace(strings, ' ').matchAll(/-?\d[\d.eE+-]*/g))
    if (JSON.stringify(Number(number)) !== number || Object.is(Number(number), -0))
      fail(`the number ${number} is not spelt as it is read`);
  return value;
}

function namesIn(value) {
  if (value === null || typeof value !== 'object') return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum, inner) => sum + namesIn(inner), own);
}

function mustHaveOnly(what, value, fields) {
  if (!isObject(value)) fail(`${what} is no object`);
  if (Object.keys(value).sort().join() !== fields.join())
    fail(`${what} has other fields than ${fields.join(', ')}`);
}

/** Base64 of so many bytes, in the one spelling that these bytes have. */
function bytesOf(what, text, length) {
  const bytes = Buffer.from(typeof text === 'string' ? text : '', 'base64');
  if (bytes.length !== length || bytes.toString('base64') !== text)
    fail(`${what} is not ${length} bytes in base64`);
  return bytes;
}

function readKey(text) {
  const [, name, hash, encoded] =
    /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text) ?? fail('that is no verifier key');
  const raw = bytesOf('the verifier key', encoded, 33);
  const keyHash = sha256(Buffer.from(`${name}\n`), raw).subarray(0, 4);
  if (raw[0] !== 1 || keyHash.toString('hex') !== hash)
    fail('that is no verifier key of Ed25519, or its hash is not its own');
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw.subarray(1)]);
  return { name, keyHash, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

/** 1. The note was signed by the key: over the text up to the empty line. Gives the size and the root it signs for. */
function openCheckpoint({ note, size }, { name, keyHash, publicKey }) {
  const [, text, signatures] =
    /^((?:[^\n]+\n){3})\n((?:— \S+ [A-Za-z0-9+/]+=*\n)+)$/.exec(typeof note === 'string' ? note : '') ??
    fail('the checkpoint is no signed note');
  const own = signatures.split('\n').filter((line) => line.startsWith(`— ${name} `));
  if (own.length !== 1) fail('the checkpoint was not signed by this key, or more than once');
  const signed = bytesOf('the signature', own[0].slice(`— ${name} `.length), 68);
  if (
    !signed.subarray(0, 4).equals(keyHash) ||
    !verify(null, Buffer.from(text), publicKey, signed.subarray(4))
  )
    fail('the checkpoint was not signed by this key');
  const [origin, written, root] = text.split('\n');
  if (origin !== name) fail('the checkpoint is of another log');
  const leaves = /^[1-9][0-9]*$/.test(written) ? Number(written) : 0;
  if (!Number.isSafeInteger(leaves) || leaves < 1) fail('the checkpoint names no size');
  if (size !== leaves) fail('the size beside the checkpoint is not the signed one');
  return { leaves, root: bytesOf('the root', root, 32) };
}

/** 2. The leaf is made of this entry; without an entry nothing is said of one. */
function mustBeBound({ entry, leafInput, leafHash }) {
  const leaf = bytesOf('the hash of the leaf', leafHash, 32);
  if (entry === null && leafInput === null) return leaf;
  if (!isObject(entry) || typeof leafInput !== 'string')
    fail('an entry without what its leaf was hashed from is bound to nothing');
  if (canonical(entry) !== leafInput) fail('the entry is not what was hashed');
  if (!leafHashOf(leafInput).equals(leaf)) fail('the leaf is not the hash of the entry');
  return leaf;
}

/** 3. The path leads from the leaf to the signed root. */
function mustLeadToRoot(leaf, leafIndex, path, { leaves, root }) {
  if (!Number.isSafeInteger(leafIndex) || leafIndex < 0 || leafIndex >= leaves)
    fail('the tree has no such leaf');
  if (!Array.isArray(path) || path.length > longestPath) fail('the path is too long, or none');
  let [node, last, hash] = [leafIndex, leaves - 1, leaf];
  for (const sibling of path.map((one) => bytesOf('a hash of the path', one, 32))) {
    if (last === 0) fail('the path is too long');
    if (node % 2 === 1 || node === last) {
      hash = parentOf(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else hash = parentOf(hash, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  if (last !== 0 || !hash.equals(root)) fail('the path does not lead to the signed root');
}

try {
  const [file, verifierKey, ...more] = process.argv.slice(2);
  if (verifierKey === undefined || more.length > 0) fail('give the proof and the verifier key');
  const key = readKey(verifierKey);
  const proof = strictJson(readFileSync(file));
  mustHaveOnly('the proof', proof, proofFields);
  mustHaveOnly('the checkpoint', proof.checkpoint, checkpointFields);
  const checkpoint = openCheckpoint(proof.checkpoint, key);
  mustLeadToRoot(mustBeBound(proof), proof.leafIndex, proof.path, checkpoint);
  const { entry, leafIndex, leafHash } = proof;
  const what =
    entry === null
      ? `only the hash ${leafHash}: there is no entry in this proof, since its month was retired`
      : `entry ${plain(entry.id)} (${plain(entry.action)})`;
  console.log(`proved: leaf ${leafIndex} of ${checkpoint.leaves}, ${what}, signed by ${key.name}`);
} catch (error) {
  console.error(`NOT PROVED: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
