import { z } from 'zod';
import type { CloudHint } from '../../application/record-cloud-hints.js';

/** As Event Grid sends it, in its own schema (an array) or as CloudEvents 1.0; what is not as it should be is ignored. */
const event = z.object({
  id: z.string().regex(/^[\w:.+/=-]{1,200}$/),
  type: z.string().optional(),
  eventType: z.string().optional(),
  time: z.string().optional(),
  eventTime: z.string().optional(),
  subject: z.string().max(2_000).optional(),
  data: z
    .object({
      validationCode: z.string().max(500).optional(),
      operationName: z.string().max(200).optional(),
      resourceUri: z.string().max(2_000).optional(),
    })
    .nullish(),
});
type CloudEvent = z.infer<typeof event>;

/** Events of resources, as Event Grid names them; failures change nothing. */
const successes: readonly string[] = [
  'microsoft.resources.resourceactionsuccess',
  'microsoft.resources.resourcewritesuccess',
  'microsoft.resources.resourcedeletesuccess',
];
/** A machine, an instance of a scale set, or a set: of that one it is not said which of its machines it is about. */
const machinePlace =
  /^\/subscriptions\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/resourcegroups\/[^/]+\/providers\/microsoft\.compute\/(?:(?:virtualmachinescalesets\/[^/]+\/)?virtualmachines|virtualmachinescalesets)\/[^/]+$/;
const operation = /^[\w./-]{1,200}$/;
const plain = /^[^\p{Cc}\p{Cs}]*$/u;

/** What a delivery holds: the code of a validation handshake, or hints. Unknown events are passed over. */
export function readDelivery(body: unknown): {
  readonly validationCode: string | null;
  readonly hints: readonly CloudHint[];
} {
  const events = (Array.isArray(body) ? body : [body]).flatMap((one) => {
    const parsed = event.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
  const handshake = events.find((one) => typeOf(one) === 'microsoft.eventgrid.subscriptionvalidationevent');
  const validationCode = handshake?.data?.validationCode ?? null;
  return { validationCode, hints: validationCode === null ? events.flatMap(hintOf) : [] };
}

function typeOf({ type, eventType }: CloudEvent): string {
  return (eventType ?? type ?? '').toLowerCase();
}

function hintOf(one: CloudEvent): readonly CloudHint[] {
  const { id, time, eventTime, subject, data } = one;
  const resourceId = (data?.resourceUri ?? subject ?? '').toLowerCase();
  const subscriptionId = machinePlace.exec(resourceId)?.[1];
  const at = z.iso.datetime({ offset: true }).safeParse(eventTime ?? time);
  const what = data?.operationName ?? '';
  if (!successes.includes(typeOf(one)) || subscriptionId === undefined || !at.success) return [];
  if (!operation.test(what) || !plain.test(resourceId)) return [];
  return [{ eventId: id, subscriptionId, resourceId, what, at: new Date(at.data).toISOString() }];
}
