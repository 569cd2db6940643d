import { z } from 'zod';
import { ArmError } from './errors.js';

/** A body of the switchboard, checked; throws ARM's 400 with the first thing that is wrong. No body is an empty one. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const message = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`;
  throw new ArmError(400, 'InvalidRequestContent', message);
}
