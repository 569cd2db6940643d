// Checks the receipt of a decision without the service: node docs/verify-receipt.mjs <keys.json> <receipt>
// keys.json is what GET /audit-keys answered. Prints the claims, or says what is wrong and exits 1.
// Everything is read strictly: one algorithm, one type, one spelling of every byte, and no claim that is not known here.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const isText = (value) => typeof value === 'string' && value !== '' && !/[\u0000-\u001f\u007f]/.test(value);
const isUuid = (value) =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
const isNullOr = (is) => (value) => value === null || is(value);
const oneOf = (words) => (value) => words.includes(value);
const isInstant = (value) =>
  typeof value === 'string' &&
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(value) &&
  !Number.isNaN(Date.parse(value)) &&
  new Date(value).toISOString() === value;
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Which decisions there are about what. */
const decisionsAbout = {
  request: ['approved', 'denied'],
  exemption: ['suspended', 'reinstated', 'revoked'],
};
const headerFields = {
  alg: oneOf(['EdDSA']),
  kid: isText,
  typ: oneOf(['postern-receipt+jwt']),
};
const claimFields = {
  about: oneOf(Object.keys(decisionsAbout)),
  at: isInstant,
  decision: oneOf(Object.values(decisionsAbout).flat()),
  iss: isText,
  pack: isText,
  policyRulesVersion: isNullOr(isText),
  reasonCode: isNullOr((value) => typeof value === 'string' && /^[a-z][a-z0-9-]*$/.test(value)),
  requestId: isUuid,
  sub: isUuid,
  subscriptionId: isUuid,
  version: (value) => Number.isSafeInteger(value) && value >= 1,
};

/** The bytes of a part, in the one spelling that they have. */
function bytesOf(part) {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) throw new Error('this is no receipt: a part is not base64url');
  return bytes;
}

const canonical = (value) =>
  JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));

/** An object of exactly these fields, in the spelling that was signed: no name twice, nothing between. */
function readPart(part, fields) {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytesOf(part));
  const value = JSON.parse(text);
  if (!isObject(value) || Object.keys(value).sort().join() !== Object.keys(fields).sort().join())
    throw new Error(
      `this is no receipt of a decision: it has other fields than ${Object.keys(fields).join(', ')}`,
    );
  const wrong = Object.keys(fields).find((name) => !fields[name](value[name]));
  if (wrong !== undefined)
    throw new Error(`this is no receipt of a decision: ${wrong} is not what it has to be`);
  if (canonical(value) !== text)
    throw new Error('this is no receipt of a decision: it is not spelt as it was signed');
  return value;
}

/** The one key of that id; its id is the thumbprint of the key (RFC 7638), so that nobody lends it to another key. */
function keyOf(keys, kid) {
  const [jwk, ...more] = Array.isArray(keys) ? keys.filter((key) => isObject(key) && key.kid === kid) : [];
  if (jwk === undefined) throw new Error(`no key ${kid} among the deployment's keys: get /audit-keys again`);
  if (more.length > 0) throw new Error(`there are several keys ${kid}: get /audit-keys again`);
  const { kty, crv, x, alg = 'EdDSA', use = 'sig' } = jwk;
  if (
    kty !== 'OKP' ||
    crv !== 'Ed25519' ||
    alg !== 'EdDSA' ||
    use !== 'sig' ||
    typeof x !== 'string' ||
    bytesOf(x).length !== 32
  )
    throw new Error(`the key ${kid} is no Ed25519 key for signatures`);
  const thumbprint = createHash('sha256')
    .update(`{"crv":"${crv}","kty":"${kty}","x":"${x}"}`)
    .digest('base64url');
  if (thumbprint !== kid) throw new Error(`the key ${kid} goes under the id of another`);
  return createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
}

function claimsOf({ origin, keys }, text) {
  const [header = '', payload = '', signature = '', ...more] = text.trim().split('.');
  if (signature === '' || more.length > 0)
    throw new Error('this is no receipt: it has three parts between dots');
  const key = keyOf(keys, readPart(header, headerFields).kid);
  if (!verify(null, Buffer.from(`${header}.${payload}`), key, bytesOf(signature)))
    throw new Error('the signature does not hold: the receipt was changed, or is of somebody else');
  const claims = readPart(payload, claimFields);
  if (claims.iss !== origin)
    throw new Error(`the receipt is of ${claims.iss}, and the keys are of ${origin}`);
  if (!decisionsAbout[claims.about].includes(claims.decision))
    throw new Error(`the receipt is no decision: nothing about a ${claims.about} is ${claims.decision}`);
  return claims;
}

try {
  const [file = '', receipt = '', ...more] = process.argv.slice(2);
  if (receipt === '' || more.length > 0) throw new Error('give the file of the keys and the receipt');
  console.log(JSON.stringify(claimsOf(JSON.parse(readFileSync(file, 'utf8')), receipt), null, 2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
