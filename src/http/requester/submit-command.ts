import type { z } from 'zod';
import type { SubmitRequestCommand } from '../../application/submit-request.js';
import type { submitBody } from '../schemas/request.schema.js';
import { sendingOf } from './sending.js';

/** A body that was found to be whole, as the verb takes it. */
export function commandOf(body: z.output<typeof submitBody>): SubmitRequestCommand {
  const { onBehalfOf, restart, sending, acknowledgedLiability: _acknowledged, ...rest } = body;
  return {
    ...rest,
    sending: sendingOf(sending),
    onBehalfOf: onBehalfOf === undefined ? null : { ...onBehalfOf, consent: onBehalfOf.consent ?? null },
    restart: restart === undefined ? null : definedOnly(restart),
  };
}

/** Without the fields that are undefined: what is left out keeps its default. */
export function definedOnly<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
