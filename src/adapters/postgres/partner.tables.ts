import { EntitySchema } from 'typeorm';
import type { ControlProof } from '../../domain/subscription/control-proof.js';
import { instant, json, key, orNull, text, uuid } from './columns.js';

/** What partners and customers have beside their requests. */
export const controlProofTable = new EntitySchema<ControlProof>({
  name: 'ControlProof',
  tableName: 'control_proofs',
  columns: {
    id: uuid(key),
    subscriptionId: uuid(),
    tenantId: uuid(),
    provesFor: uuid(),
    state: text(),
    nonce: text(),
    askedAt: instant(),
    expiresAt: instant(),
    checkedAt: instant(orNull),
    provenAt: instant(orNull),
    problem: json(orNull),
  },
});
