import type { Happening } from '../journal.js';
import { inSomeCase } from '../varied.js';

export const schemas = ['event-grid', 'cloud-event'] as const;
export type Schema = (typeof schemas)[number];

/** An event, before it is written in one of the schemas. */
export interface GridEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  /** Seven digits of a second. */
  readonly time: string;
  readonly data: object;
}

export const gridTime = (milliseconds: number) => new Date(milliseconds).toISOString().replace('Z', '0000Z');

/** `Microsoft.Resources.ResourceActionSuccess` and its kin: by what was done, and how it ended. */
function typeOf({ operationName, error }: Happening): string {
  const verb = operationName.split('/').at(-1) ?? '';
  const what = verb === 'write' ? 'Write' : verb === 'delete' ? 'Delete' : 'Action';
  return `Microsoft.Resources.Resource${what}${error === null ? 'Success' : 'Failure'}`;
}

/** What Event Grid makes of something that has ended. */
export function eventOf(happening: Happening, changesCase: boolean): GridEvent {
  const { id, subscriptionId, tenantId, operationName, resourceType, cause, error } = happening;
  const resourceUri = changesCase ? inSomeCase(happening.resourceId, id) : happening.resourceId;
  const [resourceProvider = ''] = resourceType.split('/');
  return {
    id,
    type: typeOf(happening),
    source: `/subscriptions/${subscriptionId}`,
    subject: resourceUri,
    time: gridTime(happening.endedAtMs ?? happening.startedAtMs),
    data: {
      authorization: {
        scope: resourceUri,
        action: operationName,
        evidence: { role: 'Virtual Machine Contributor', principalType: 'ServicePrincipal' },
      },
      claims: cause.isPlatform ? {} : { appid: cause.caller, ver: '1.0' },
      correlationId: cause.correlationId,
      ...(cause.isPlatform
        ? {}
        : {
            httpRequest: {
              clientRequestId: id,
              clientIpAddress: '203.0.113.1',
              method: cause.method,
              url: `https://management.azure.com${resourceUri}`,
            },
          }),
      resourceProvider,
      resourceUri,
      operationName,
      status: error === null ? 'Succeeded' : 'Failed',
      subscriptionId,
      tenantId,
    },
  };
}

/** An event as it goes over the wire: in its own schema a list of one, as a CloudEvent alone. */
export function written(event: GridEvent, schema: Schema): object {
  const { id, type, source, subject, time, data } = event;
  if (schema === 'cloud-event')
    return { id, source, specversion: '1.0', type, subject, time, dataversion: '2', data };
  return [
    {
      subject,
      eventType: type,
      id,
      data,
      dataVersion: '2',
      metadataVersion: '1',
      eventTime: time,
      topic: source,
    },
  ];
}
