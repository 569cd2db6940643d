import canonicalize from 'canonicalize';
import type { Attestor } from '../../domain/ports/attestor.js';
import type { ReceiptClaims } from '../../domain/receipt.js';

/** Signs a receipt; gives it as a compact JWS, which docs/verify-receipt.mjs checks without the service. */
export type SignReceipt = (claims: ReceiptClaims) => Promise<string>;

/** What the header names: no other statement of this deployment is of that type. */
const type = 'postern-receipt+jwt';

/** Receipts by the deployment's own key (docs/audit.md). A JWS cannot be mistaken for a checkpoint: it has no line break. */
export function receiptSigner(attestor: Attestor): SignReceipt {
  return async ({ aggregate, aggregateId, tenantId: _tenant, ...claims }) => {
    const header = { alg: 'EdDSA', kid: attestor.keyId, typ: type };
    const payload = { iss: attestor.origin, sub: aggregateId, about: aggregate, ...claims };
    const signed = [header, payload].map(encoded).join('.');
    const signature = await attestor.sign(Buffer.from(signed, 'ascii'));
    return `${signed}.${Buffer.from(signature).toString('base64url')}`;
  };
}

function encoded(part: object): string {
  return Buffer.from(canonicalize(part) ?? '', 'utf8').toString('base64url');
}
