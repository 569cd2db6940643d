import { z } from 'zod';
import { orNull, text, uuid, word } from './common.js';

/** An object id as tokens carry it (`oid`). */
export const personParams = z.strictObject({ id: word(64).transform((value) => value.toLowerCase()) });

export const erasePersonBody = z
  .strictObject({ reason: text(4_000), tenantId: uuid.optional() })
  .meta({ id: 'ErasePerson' });
export const eraseContactBody = z
  .strictObject({ email: z.email('Give a mail address.').max(254), reason: text(4_000) })
  .meta({ id: 'EraseContact' });

export const erasureAnswer = z
  .object({
    pseudonym: orNull(z.string()),
    requests: z.number().int(),
    texts: z.number().int(),
    lines: z.number().int(),
  })
  .meta({ id: 'Erasure' });
