import { EntitySchema } from 'typeorm';
import type { ErasableText, RequestParticulars } from '../../domain/ports/record-stores.js';
import { bytes, json, key, orNull, text, uuid } from './columns.js';

/** What stands beside the particulars in their row: how a contact is recognised, and what proves them. */
export type ParticularsRow = RequestParticulars & {
  readonly contactHash: string | null;
  readonly salt: Uint8Array | null;
  readonly commitment: string | null;
};
export const particularsTable = new EntitySchema<ParticularsRow>({
  name: 'RequestParticulars',
  tableName: 'request_particulars',
  columns: {
    requestId: uuid(key),
    tenantId: uuid(),
    justification: text(orNull),
    sending: json(),
    contact: json(orNull),
    contactHash: text(orNull),
    consent: json(orNull),
    salt: bytes(orNull),
    commitment: text(orNull),
  },
});

export type TextRow = ErasableText & {
  readonly authorTenantId: string | null;
  readonly authorObjectId: string | null;
  readonly salt: Uint8Array | null;
};
export const textTable = new EntitySchema<TextRow>({
  name: 'ErasableText',
  tableName: 'erasable_texts',
  columns: {
    id: uuid(key),
    tenantId: uuid(),
    about: text(),
    aboutId: uuid(),
    text: text(),
    authorTenantId: uuid(orNull),
    authorObjectId: text(orNull),
    salt: bytes(orNull),
  },
});
