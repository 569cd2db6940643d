import { z } from 'zod';
import { route } from '../route.js';
import {
  auditEntriesQuery,
  auditEntryAnswer,
  auditProofAnswer,
  checkpointAnswer,
  checkpointsQuery,
  entryParams,
} from '../schemas/audit.schema.js';
import { listOf, noBody, noQuery } from '../schemas/common.js';

const get = {
  method: 'GET',
  status: 200,
  tag: 'Admin: audit',
  permission: 'audit:read',
  params: z.strictObject({}),
  body: noBody,
  records: 'read',
} as const;

export const listAuditEntries = route({
  ...get,
  path: '/v1/admin/audit/entries',
  summary: 'Entries of the audit, newest first. `actor` is an object id, or the commitment of somebody.',
  query: auditEntriesQuery,
  answer: listOf(auditEntryAnswer),
  refuses: [],
});
export const listAuditCheckpoints = route({
  ...get,
  path: '/v1/admin/audit/checkpoints',
  summary:
    'Signed checkpoints, newest first; with `from`, proofs that they go on from the tree of that size.',
  query: checkpointsQuery,
  answer: listOf(checkpointAnswer),
  refuses: [],
});
export const findAuditProof = route({
  ...get,
  path: '/v1/admin/audit/proofs/:entryId',
  summary: 'The proof that an entry stands in the tree; 409 while it waits for its place, for seconds.',
  params: entryParams,
  query: noQuery,
  answer: auditProofAnswer,
  refuses: [404, 409],
});
