// Checks the receipt of a decision without the service: node docs/verify-receipt.mjs <keys.json> <receipt>
// keys.json is what GET /audit-keys answered. Prints the claims, or says what is wrong and exits 1.
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [file = '', receipt = ''] = process.argv.slice(2);
const decoded = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

function claimsOf(keys, text) {
  const [header = '', payload = '', signature = '', ...more] = text.trim().split('.');
  if (signature === '' || more.length > 0)
    throw new Error('this is no receipt: it has three parts between dots');
  const { alg, kid, typ } = decoded(header);
  if (alg !== 'EdDSA' || typ !== 'postern-receipt+jwt')
    throw new Error('this is signed, but no receipt of a decision');
  const jwk = keys.find((key) => key.kid === kid);
  if (jwk === undefined) throw new Error(`no key ${kid} among the deployment's keys: get /audit-keys again`);
  const key = createPublicKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x }, format: 'jwk' });
  const isTrue = verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
  if (!isTrue)
    throw new Error('the signature does not hold: the receipt was changed, or is of somebody else');
  return decoded(payload);
}

try {
  const { keys } = JSON.parse(readFileSync(file, 'utf8'));
  console.log(JSON.stringify(claimsOf(keys, receipt), null, 2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
