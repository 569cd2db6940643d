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
    subStatus: named,
    resourceId: told,
    properties: z.object({ responseBody: z.string().max(1_000_000).catch('') }).catch({ responseBody: '' }),
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
  [/\/virtualmachines\/write$/i, { about: 'machine', what: 'created' }],
  [/\/virtualmachinescalesets\/deallocate\/action$/i, { about: 'scale-set', what: 'deallocated' }],
  [/\/virtualmachinescalesets\/write$/i, { about: 'scale-set', what: 'created' }],
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

/** The ends of moves that succeeded, as the log of a subscription tells them. */
export function loggedMovesOf(subscriptionId: string): RecordReader<LoggedMove> {
  const own = `/subscriptions/${subscriptionId.toLowerCase()}/`;
  return whereDone(hasSucceeded, ({ operationName, resourceId }, at) => {
    const [group] = groupForm.exec(resourceId.toLowerCase()) ?? [];
    if (!movesResources.test(operationName.value) || group === undefined) return null;
    return { direction: group.startsWith(own) ? 'out' : 'in', group, at };
  });
}

/** The end of an operation that succeeded and is about a machine's host; or that a machine was created. */
export const loggedOperationOf = whereDone<LoggedOperation>(
  (body) => (isWrite(body) ? hasCreated(body) : hasSucceeded(body)),
  (body, at) => {
    const { correlationId, operationName, resourceId, httpRequest } = body;
    const what = operations.find(([pattern]) => pattern.test(operationName.value))?.[1];
    if (what === undefined || !plain.test(resourceId) || !/^[\w-]{1,100}$/.test(correlationId)) return null;
    return {
      ...what,
      at,
      resourceId: resourceId.toLowerCase(),
      correlationId: correlationId.toLowerCase(),
      callerId: httpRequest?.clientRequestId?.toLowerCase() ?? null,
      ...(what.what === 'created' ? { vmId: vmIdIn(body) } : {}),
    };
  },
);

const hasSucceeded = ({ status }: LogRecord) => status.value.toLowerCase() === 'succeeded';
const isWrite = ({ operationName }: LogRecord) => /\/write$/i.test(operationName.value);

/**
 * Whether a write made something that was not there: the sub-status is that of the call, `Created` for 201, `OK` for 200
 * (https://learn.microsoft.com/azure/azure-monitor/essentials/activity-log-schema). Where an operation follows, it stands in
 * the record `Accepted`, and the one of its end has none.
 */
function hasCreated({ status, subStatus }: LogRecord): boolean {
  const isTaken = ['accepted', 'succeeded'].includes(status.value.toLowerCase());
  return isTaken && subStatus.value.toLowerCase() === 'created';
}

const created = z.object({ properties: z.object({ vmId: z.string().regex(/^[\da-f-]{36}$/i) }) });

/**
 * What the call was answered with stands in the record, and names the machine; as public parsers of these records read it
 * (ExabeamLabs/Content-Library-CIM2, `microsoft-azure-json-image-write-success-createvm`).
 */
function vmIdIn({ properties }: LogRecord): string | null {
  try {
    const body = created.safeParse(JSON.parse(properties.responseBody));
    return body.success ? body.data.properties.vmId.toLowerCase() : null;
  } catch {
    return null; // left out, or cut off
  }
}

/** Only what is done, at an instant that can be read, says anything. */
function whereDone<T>(
  isDone: (body: LogRecord) => boolean,
  read: (body: LogRecord, at: Instant) => T | null,
): RecordReader<T> {
  return (body) => {
    const at = body !== null && isDone(body) ? instantOf(body.eventTimestamp) : null;
    const operation = body === null || at === null ? null : read(body, at);
    return body === null || operation === null
      ? null
      : { recordId: body.eventDataId.toLowerCase(), operation };
  };
}
