import type { EntraIssuer } from './entra-issuer.js';
import type { GridSettings } from './settings.js';

/** The name under which Event Grid asks for permission. */
export const webhookOrigin = 'eventgrid.azure.net';

/** Event Grid waits as long for an answer. */
const patienceMs = 30_000;
/** More of an answer is not read. */
const mostOfAnswer = 10_000;

/** What an endpoint answered; status 0 where it did not. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface Sent {
  readonly method: 'POST' | 'OPTIONS';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Calls the endpoint of an event subscription, and follows no redirect. Never rejects. */
export async function send(
  settings: GridSettings,
  issuer: EntraIssuer,
  { method, headers, body }: Sent,
  stopping: AbortSignal,
): Promise<Answered> {
  const { endpoint, secretHeader, entra, schema } = settings;
  const type = schema === 'cloud-event' ? 'application/cloudevents+json' : 'application/json';
  try {
    const token = entra === null ? null : await issuer.token(entra);
    const response = await fetch(endpoint, {
      method,
      redirect: 'manual',
      signal: AbortSignal.any([stopping, AbortSignal.timeout(patienceMs)]),
      headers: {
        ...headers,
        ...(secretHeader === null ? {} : { [secretHeader.name]: secretHeader.value }),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': `${type}; charset=utf-8` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text.slice(0, mostOfAnswer) };
  } catch {
    return { status: 0, headers: new Headers(), body: '' }; // no answer in time, or none at all: tried again
  }
}
