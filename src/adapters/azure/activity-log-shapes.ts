import { z } from 'zod';
import type { LoggedMove, LoggedOperation } from '../../domain/ports/activity-log.js';
import type { Instant } from '../../domain/instants.js';
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

type LogRecord = NonNullable<z.infer<typeof record>>;
/** Reads a record; null where it is not about what is asked for. */
export type RecordReader<T> = (
  body: LogRecord | null,
) => { readonly recordId: string; readonly operation: T } | null;

/** The end of a move that succeeded. */
export const loggedMoveOf = whereSucceeded<LoggedMove>(({ operationName, resourceId }, at) => {
  const [group] = groupForm.exec(resourceId.toLowerCase()) ?? [];
  return movesResources.test(operationName.value) && group !== undefined ? { group, at } : null;
});

/** The end of an operation that succeeded and is about a machine's host. */
export const loggedOperationOf = whereSucceeded<LoggedOperation>((body, at) => {
  const { correlationId, operationName, resourceId, httpRequest } = body;
  const what = operations.find(([pattern]) => pattern.test(operationName.value))?.[1];
  if (what === undefined || !plain.test(resourceId) || !/^[\w-]{1,100}$/.test(correlationId)) return null;
  return {
    ...what,
    at,
    resourceId: resourceId.toLowerCase(),
    correlationId: correlationId.toLowerCase(),
    callerId: httpRequest?.clientRequestId?.toLowerCase() ?? null,
  };
});

/** Only what succeeded, at an instant that can be read, says anything. */
function whereSucceeded<T>(read: (body: LogRecord, at: Instant) => T | null): RecordReader<T> {
  return (body) => {
    const at = body?.status.value.toLowerCase() === 'succeeded' ? instantOf(body.eventTimestamp) : null;
    const operation = body === null || at === null ? null : read(body, at);
    return body === null || operation === null
      ? null
      : { recordId: body.eventDataId.toLowerCase(), operation };
  };
}
