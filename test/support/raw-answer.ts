import { documentedAnswer } from './openapi-contract.js';

/** An answer byte for byte; it was found to be as openapi.json says before a test sees it. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks as whoever holds the token. Of a stream only the beginning is looked at: status and headers. */
export async function askRaw(url: string, token: string | null, asked: Asked): Promise<RawAnswer> {
  const { method, path, body, headers = {} } = asked;
  const response = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (isStream) await response.body?.cancel();
  const text = isStream ? '' : await response.text();
  const { status } = response;
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '') && text !== '';
  const seen = { status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  if (method !== 'HEAD') documentedAnswer(method, path, seen);
  return { status, headers: Object.fromEntries(response.headers), text };
}

/** What differs between any two answers: when, under which trace, and what is left of the caller's points. */
const ofTheCall: readonly string[] = ['date', 'traceparent', 'ratelimit', 'keep-alive', 'connection'];

/** All that a caller could tell two answers apart by, as one text: status, headers, and the body byte for byte. */
export function indistinguishable({ status, headers, text }: RawAnswer): string {
  const kept = Object.entries(headers).filter(([name]) => !ofTheCall.includes(name));
  const lines = kept.map(([name, value]) => `${name}: ${value}`).toSorted();
  return [String(status), ...lines, text.replace(/"(instance|traceId)":"[^"]*"/g, '"$1":""')].join('\n');
}
