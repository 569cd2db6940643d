import type { FastifyRequest } from 'fastify';
import { InvalidInput } from './problems/invalid-input.js';

/** The request's `Idempotency-Key`; null where it is absent. 1 to 255 visible ASCII characters, else 400. */
export function idempotencyKeyOf(request: Pick<FastifyRequest, 'headers'>): string | null {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return null;
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  const code = 'idempotency-key-invalid';
  const message = 'An Idempotency-Key is one header of 1 to 255 visible ASCII characters.';
  throw new InvalidInput('header', [{ pointer: '/Idempotency-Key', code, message }], code);
}
