import { z } from 'zod';

/** Building bricks of bodies, queries and answers: one schema validates, documents and checks answers in tests. */
export const uuid = z
  .string()
  .regex(/^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/, 'Give a UUID.')
  .transform((value) => value.toLowerCase());

/** An instant in ISO 8601 with its offset; kept in UTC. */
export const instant = z.iso
  .datetime({
    offset: true,
    error: 'Give an instant in ISO 8601 with its offset, e.g. 2026-01-31T12:00:00Z.',
  })
  .transform((value) => new Date(value).toISOString());

/** Free text: trimmed, not empty, without control characters but line breaks and tabs. */
export const text = (most: number, least = 1) =>
  z
    .string()
    .trim()
    .min(least, `Give at least ${String(least)} characters.`)
    .max(most, `Give at most ${String(most)} characters.`)

    .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f]*$/, 'Leave out control characters.');

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
    refusals: z
      .array(
        z.object({
          code: z.string(),
          message: z.string(),
          nextStep: z.string(),
          applyAgainOn: at.optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' });
