import type { Happening } from '../journal.js';
import { inSomeCase, uuidOf } from '../varied.js';

export type Phase = 'Started' | 'Accepted' | 'Succeeded' | 'Failed';

/** One record of the activity log: a phase of something that happened. */
export interface LogRecord {
  readonly happening: Happening;
  readonly phase: Phase;
  readonly atMs: number;
  /** The same however often the record is told. */
  readonly eventDataId: string;
}

/** The records of a happening by now: several of them share its correlation id. */
export function recordsOf(happening: Happening): readonly LogRecord[] {
  const { startedAtMs, endedAtMs, error, id } = happening;
  const record = (phase: Phase, atMs: number): LogRecord => ({
    happening,
    phase,
    atMs,
    eventDataId: uuidOf(`${id}/${phase}`),
  });
  return [
    record('Started', startedAtMs),
    ...(isFollowed(happening) ? [record('Accepted', startedAtMs)] : []),
    ...(endedAtMs === null ? [] : [record(error === null ? 'Succeeded' : 'Failed', endedAtMs)]),
  ];
}

/** Whether an operation follows the call: it is answered with 202, or what it makes takes its time, and 201 says so. */
const isFollowed = ({ httpStatus, operationName }: Happening) =>
  httpStatus === 202 || (httpStatus === 201 && /\/virtualMachines\/write$/i.test(operationName));

const named = (value: string, localizedValue = value) => ({ value, localizedValue });

/** An instant as the log writes it: seven digits of a second. */
const logTime = (milliseconds: number) => new Date(milliseconds).toISOString().replace('Z', '0000Z');

/** The ticks of .NET since the year 1, of which an event's id is made. */
const ticksOf = (milliseconds: number) => String(BigInt(milliseconds) * 10_000n + 621_355_968_000_000_000n);

const statusWords: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
};

/** The status of the call, told by its answer; the end of an operation has none, unless it was refused at once. */
function subStatusOf({ happening, phase }: LogRecord) {
  const { httpStatus } = happening;
  const isTold = phase === 'Accepted' || (!isFollowed(happening) && phase !== 'Started');
  if (!isTold) return named('');
  const word = statusWords[httpStatus] ?? String(httpStatus);
  return named(word, `${word} (HTTP Status Code: ${String(httpStatus)})`);
}

function propertiesOf({ happening, phase, eventDataId }: LogRecord): object {
  const { error, resourceId, operationName, httpStatus, responseBody } = happening;
  const statusMessage =
    phase === 'Failed' && error !== null
      ? { statusMessage: JSON.stringify({ status: 'Failed', error: { ...error, details: [] } }) }
      : {};
  const statusCode = phase === 'Started' ? {} : { statusCode: statusWords[httpStatus] ?? String(httpStatus) };
  return {
    ...statusCode,
    serviceRequestId: eventDataId,
    eventCategory: 'Administrative',
    entity: resourceId,
    message: operationName,
    ...(phase === 'Started' || responseBody === undefined
      ? {}
      : { responseBody: JSON.stringify(responseBody) }),
    ...statusMessage,
  };
}

/** A record whole, as the log answers it. `submittedAtMs` is when it can be read. */
export function presentRecord(
  record: LogRecord,
  submittedAtMs: number,
  changesCase: boolean,
): Record<string, unknown> {
  const { happening, phase, atMs, eventDataId } = record;
  const { cause, operationName, resourceType, subscriptionId, tenantId } = happening;
  const resourceId = changesCase ? inSomeCase(happening.resourceId, eventDataId) : happening.resourceId;
  const [provider = ''] = resourceType.split('/');
  return {
    authorization: { action: operationName, scope: resourceId, role: 'Virtual Machine Contributor' },
    caller: cause.caller,
    channels: 'Operation',
    claims: cause.isPlatform ? {} : { appid: cause.caller, ver: '1.0' },
    correlationId: cause.correlationId,
    description: '',
    eventDataId,
    eventName:
      phase === 'Started' ? named('BeginRequest', 'Begin request') : named('EndRequest', 'End request'),
    category: named('Administrative'),
    ...(cause.isPlatform ? {} : { httpRequest: { clientRequestId: eventDataId, method: cause.method } }),
    id: `${resourceId}/events/${eventDataId}/ticks/${ticksOf(atMs)}`,
    level: phase === 'Failed' ? 'Error' : 'Informational',
    resourceGroupName: /\/resourceGroups\/([^/]+)/i.exec(resourceId)?.[1] ?? '',
    resourceProviderName: named(provider),
    resourceType: named(resourceType),
    resourceId,
    operationId: cause.correlationId,
    operationName: named(operationName),
    properties: propertiesOf(record),
    status: named(phase),
    subStatus: subStatusOf(record),
    eventTimestamp: logTime(atMs),
    submissionTimestamp: logTime(submittedAtMs),
    subscriptionId,
    tenantId,
  };
}
