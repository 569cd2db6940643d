import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { correlationOf } from './correlation.js';
import { answerOf } from './problems/problem.js';

/** What Helmet's hook sets on every other answer. */
const strict = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'",
} as const;

/** A path that the router cannot read reaches no hook and no filter, and is a problem document all the same. */
export function answerUnroutable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { traceId, headers: correlation } = correlationOf(request.headers);
  const { status, headers, body } = answerOf(error, request.raw.url?.split('?')[0] ?? '', traceId);
  void reply
    .status(status)
    .headers({ ...headers, ...correlation, ...strict })
    .send(body);
}

/** Nor does what is no HTTP, has headers beyond 16 kB, or takes longer than 30 s to come; it costs its connection. */
export function answerUnreadable(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const statusCode = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 431;
  const { traceId, headers: correlation } = correlationOf({});
  const { status, headers, body } = answerOf({ statusCode }, '/', traceId);
  const text = JSON.stringify(body);
  const lines = Object.entries({
    ...headers,
    ...correlation,
    ...strict,
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  const first = `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`;
  socket.end(`${[first, ...lines].join('\r\n')}\r\n\r\n${text}`);
}

/** An expectation other than 100-continue is one that nobody here can meet (RFC 9110 section 10.1.1). */
export function answerExpectation({ headers: given, url }: IncomingMessage, response: ServerResponse): void {
  const { traceId, headers: correlation } = correlationOf(given);
  const { status, headers, body } = answerOf({ statusCode: 417 }, (url ?? '/').split('?')[0] ?? '/', traceId);
  const text = JSON.stringify(body);
  const length = { 'content-length': String(Buffer.byteLength(text)), connection: 'close' };
  response.writeHead(status, { ...headers, ...correlation, ...strict, ...length }).end(text);
}
