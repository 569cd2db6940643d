import { z } from 'zod';
import { at, id, instant, orNull, pageQuery, uuid, word } from './common.js';

const hash = z.string().meta({ description: 'SHA-256 in base64.' });

export const auditActor = z
  .object({
    kind: z.string(),
    tenantId: orNull(id),
    name: orNull(z.string()),
    person: orNull(z.string().meta({ description: 'A commitment: who it is, only the salt can say.' })),
  })
  .meta({ id: 'AuditActor' });
export const auditEntryAnswer = z
  .object({
    sequence: z.number().int(),
    id,
    recordedAt: at,
    historySequence: orNull(z.number().int()),
    action: z.string(),
    subjectType: z.string(),
    subjectId: z.string(),
    at,
    actor: auditActor,
    traceId: orNull(z.string()),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' });
export const checkpointAnswer = z
  .object({
    size: z.number().int(),
    rootHash: hash,
    note: z.string().meta({ description: 'The signed checkpoint (C2SP tlog-checkpoint).' }),
    consistency: orNull(z.array(hash)).meta({
      description: 'With `from`: that the tree of that size is the beginning of this one (RFC 9162, 2.1.4).',
    }),
  })
  .meta({ id: 'AuditCheckpoint' });
export const auditProofAnswer = z
  .object({
    entry: orNull(auditEntryAnswer).meta({ description: 'Null where its month was retired.' }),
    leafInput: orNull(z.string()).meta({
      description: 'What the leaf is hashed from: the entry as canonical JSON (RFC 8785).',
    }),
    leafHash: hash,
    leafIndex: z.number().int(),
    path: z.array(hash),
    checkpoint: z.object({ size: z.number().int(), note: z.string() }),
  })
  .meta({ id: 'AuditProof' });

export const auditEntriesQuery = z.strictObject({
  subject: word(300).optional(),
  actor: word(128).optional(),
  action: word(100).optional(),
  since: instant.optional(),
  until: instant.optional(),
  ...pageQuery,
});
export const checkpointsQuery = z.strictObject({
  from: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  ...pageQuery,
});
export const entryParams = z.strictObject({ entryId: uuid });
