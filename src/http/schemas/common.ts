import { z } from 'zod';

/** Building bricks of bodies, queries and answers: one schema validates, documents and checks answers in tests. */
export const uuid = z
  .string()
  .regex(/^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/, 'Give a UUID.')
  .transform((value) => value.toLowerCase());

/** An instant in ISO 8601 with its offset; kept in UTC, where its year has to have four digits still. */
export const instant = z.iso
  .datetime({
    offset: true,
    abort: true,
    error: 'Give an instant in ISO 8601 with its offset, e.g. 2026-01-31T12:00:00Z.',
  })
  .refine((value) => isWritable(new Date(value)), 'Give an instant between the years 1000 and 9999.')
  .transform((value) => new Date(value).toISOString());

/** Beyond these years dates are written in other ways, and neither clients nor the store read them alike. */
function isWritable(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year >= 1000 && year <= 9999;
}

/** No control characters but line breaks and tabs, and no half of a surrogate pair: neither can be stored. */
export const legible = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]*$/u;
const illegible = 'Leave out control characters and halves of surrogate pairs.';

/**
 * One line: no line breaks, no other control characters, and nothing that turns the direction of what stands beside it
 * (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069): a name must not look like another one.
 */
export const oneLine =
  /^[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]*$/u;

/** A name among known ones, such as a code or a field: visible ASCII, without blanks. */
export const word = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[\x21-\x7e]+$/, 'Give a name without blanks.');

/** Free text of several lines: trimmed, not empty, legible. */
export const text = (most: number, least = 1) =>
  z.string().trim().min(least).max(most).regex(legible, illegible);

/** A name or another text of one line: trimmed, not empty. */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(oneLine, 'Give one line, without control characters and without marks that turn its direction.');

export const noQuery = z.strictObject({});
export const noBody = z
  .strictObject({})
  .nullish()
  .transform(() => ({}));
export const idParams = z.strictObject({ id: uuid });

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(2_000).optional(),
};

/** Instants in answers. */
export const at = z.string().meta({ format: 'date-time' });
export const id = z.string().meta({ format: 'uuid' });
export const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()]);

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: orNull(z.string()) });

export const actorRef = z
  .object({ kind: z.string(), tenantId: orNull(id), objectId: orNull(z.string()), name: orNull(z.string()) })
  .meta({ id: 'ActorRef' });
export const reason = z
  .object({ code: z.string(), message: z.string(), nextStep: z.string() })
  .meta({ id: 'Reason' });
export const blocker = z.object({ code: z.string(), message: z.string() }).meta({ id: 'Blocker' });

/** One way to say no. */
export const refusal = z
  .object({ code: z.string(), message: z.string(), nextStep: z.string(), applyAgainOn: at.optional() })
  .meta({ id: 'Refusal' });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    traceId: z.string(),
    errors: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })).optional(),
    refusals: z.array(refusal).optional(),
  })
  .meta({ id: 'Problem' });
