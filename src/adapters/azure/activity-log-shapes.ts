import { z } from 'zod';
import type { LoggedMove, LoggedOperation } from '../../domain/ports/activity-log.js';
import { instantOf } from '../http-values.js';

/** A record that is not as it should be says nothing; it does not make the others unreadable. */
const told = z.string().max(2_000).catch('');
const named = z.object({ value: told }).catch({ value: '' });
const record = z
  .object({
    eventDataId: told,
    eventTimestamp: told,
    correlationId: told,
    operationName: named,
    status: named,
    resourceId: told,
    httpRequest: z
      .object({ clientRequestId: z.string().max(100).nullish().catch(null) })
      .nullish()
      .catch(null),
  })
  .nullable()
  .catch(null);

export const logPage = z.object({ value: z.array(record), nextLink: z.string().nullish() });

/** Instances have the names of machines, below that of their set. A set's own start proves nothing that its stop leaves open. */
const operations: readonly (readonly [RegExp, Pick<LoggedOperation, 'about' | 'what'>])[] = [
  [/\/virtualmachines\/deallocate\/action$/i, { about: 'machine', what: 'deallocated' }],
  [/\/virtualmachines\/start\/action$/i, { about: 'machine', what: 'started' }],
  [/\/virtualmachines\/delete$/i, { about: 'machine', what: 'deleted' }],
  [/\/virtualmachinescalesets\/deallocate\/action$/i, { about: 'scale-set', what: 'deallocated' }],
  [/\/virtualmachinescalesets\/delete$/i, { about: 'scale-set', what: 'deleted' }],
];
/** What is kept goes into columns: no control characters, no half surrogate pairs. */
const plain = /^[^\p{Cc}\p{Cs}]{1,2000}$/u;

/** A group's resources were moved, to another group or to another subscription. */
const movesResources = /\/resourcegroups\/moveresources\/action$/i;
const groupForm = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+/;

/** The end of a move that succeeded; null for every other record. */
export function loggedMoveOf(
  body: z.infer<typeof record>,
): { readonly recordId: string; readonly operation: LoggedMove } | null {
  if (body?.status.value.toLowerCase() !== 'succeeded' || !movesResources.test(body.operationName.value))
    return null;
  const [group] = groupForm.exec(body.resourceId.toLowerCase()) ?? [];
  const at = instantOf(body.eventTimestamp);
  if (group === undefined || at === null) return null;
  return { recordId: body.eventDataId.toLowerCase(), operation: { group, at } };
}

/** The end of an operation that succeeded and is about a machine's host; null for every other record. */
export function loggedOperationOf(
  body: z.infer<typeof record>,
): { readonly recordId: string; readonly operation: LoggedOperation } | null {
  if (body?.status.value.toLowerCase() !== 'succeeded') return null;
  const { eventDataId, eventTimestamp, correlationId, operationName, resourceId, httpRequest } = body;
  const what = operations.find(([pattern]) => pattern.test(operationName.value))?.[1];
  const at = instantOf(eventTimestamp);
  if (what === undefined || at === null || !plain.test(resourceId) || !/^[\w-]{1,100}$/.test(correlationId))
    return null;
  return {
    recordId: eventDataId.toLowerCase(),
    operation: {
      ...what,
      at,
      resourceId: resourceId.toLowerCase(),
      correlationId: correlationId.toLowerCase(),
      callerId: httpRequest?.clientRequestId?.toLowerCase() ?? null,
    },
  };
}
