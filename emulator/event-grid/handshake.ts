import { randomUUID } from 'node:crypto';
import { gridTime } from './grid-event.js';
import { webhookOrigin, type Answered, type Sent } from './sender.js';

/** How a handshake ended. `awaiting` is for whoever follows the link that came with it. */
export type Agreement =
  | { readonly kind: 'agreed' }
  | { readonly kind: 'awaiting' }
  | { readonly kind: 'refused'; readonly why: string };

export interface Handshake {
  readonly name: string;
  readonly subscriptionId: string;
  /** Where a person, or a program later on, may agree. */
  readonly link: string;
  readonly nowMs: number;
  readonly call: (sent: Sent) => Promise<Answered>;
}

/** Event Grid's own: an event with a code that the endpoint answers, with status 200 and no other. */
export async function eventGridHandshake(shake: Handshake): Promise<Agreement> {
  const { name, subscriptionId, link, nowMs, call } = shake;
  const validationCode = randomUUID();
  const event = {
    id: randomUUID(),
    topic: `/subscriptions/${subscriptionId}`,
    subject: '',
    data: { validationCode, validationUrl: link },
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: gridTime(nowMs),
    metadataVersion: '1',
    dataVersion: '2',
  };
  const headers = { 'aeg-event-type': 'SubscriptionValidation', 'aeg-subscription-name': name.toUpperCase() };
  const answer = await call({ method: 'POST', headers, body: [event] });
  if (answer.status !== 200) return { kind: 'refused', why: `answered ${String(answer.status)}, not 200` };
  const response = responseIn(answer.body);
  if (response === validationCode) return { kind: 'agreed' };
  if (response === undefined) return { kind: 'awaiting' };
  return { kind: 'refused', why: 'the validationResponse is not the validationCode' };
}

function responseIn(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && 'validationResponse' in parsed
      ? parsed.validationResponse
      : undefined;
  } catch {
    return undefined; // an endpoint that does not speak JSON may still agree by the link
  }
}

/** That of CloudEvents 1.0 web hooks: OPTIONS; the endpoint allows the origin that asks, or every one. */
export async function cloudEventHandshake({ link, call }: Handshake): Promise<Agreement> {
  const answer = await call({
    method: 'OPTIONS',
    headers: {
      'webhook-request-origin': webhookOrigin,
      'webhook-request-callback': link,
      'webhook-request-rate': '120',
    },
  });
  const allowed = answer.headers.get('webhook-allowed-origin');
  if (allowed === '*' || allowed === webhookOrigin) return { kind: 'agreed' };
  if (allowed !== null) return { kind: 'refused', why: `allows '${allowed}' only` };
  // The status is no consent: whoever answers OPTIONS with 200 may never have heard of web hooks.
  return answer.status >= 200 && answer.status < 300
    ? { kind: 'awaiting' }
    : { kind: 'refused', why: `answered ${String(answer.status)}, without WebHook-Allowed-Origin` };
}
