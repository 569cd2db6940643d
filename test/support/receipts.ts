import { generateKeyPairSync } from 'node:crypto';
import { Ed25519Attestor } from '../../src/adapters/audit/ed25519-attestor.js';
import { receiptSigner } from '../../src/adapters/audit/receipt-signer.js';

const { privateKey } = generateKeyPairSync('ed25519');
const signingKey = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');

/** Receipts as a deployment signs them, by a key of the test's own. */
export const signReceipt = receiptSigner(
  new Ed25519Attestor({ origin: 'postern.test/audit', signingKey, retiredKeys: [], dataDir: null }),
);
