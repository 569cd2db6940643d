import { randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ArmAnswer, ArmCall } from './arm-answer.js';
import { answerArm, machineNameIn } from './arm-routes.js';
import { controlRoutes } from './control-routes.js';
import { ArmError } from './errors.js';
import type { World } from './world.js';

/** One HTTP server over a world: the ARM routes, which want a bearer token, and the switchboard, which wants none. */
export function createServer(
  world: World,
  https: { readonly key: string; readonly cert: string } | null,
): FastifyInstance {
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    ...(https === null ? {} : { https }),
  }) as unknown as FastifyInstance;
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(body.toString()));
    } catch {
      done(new ArmError(400, 'InvalidRequestContent', 'The request content was invalid JSON.'));
    }
  });
  app.setErrorHandler((error, _request, reply) => sendError(reply, error));
  app.setNotFoundHandler((_request, reply) =>
    sendError(reply, new ArmError(404, 'NotFound', 'There is no such route.')),
  );
  app.addHook('preHandler', async (request, reply) => spoilControl(world, request, reply));
  controlRoutes(app, world);
  app.all('/subscriptions/*', (request, reply) => serveArm(world, request, reply));
  return app;
}

/** Faults may hit the gate's route of the switchboard too: it is what the product's gate adapter calls. */
async function spoilControl(world: World, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const path = pathOf(request);
  if (!path.startsWith('/_control/subscriptions/') || !path.endsWith('/gate')) return;
  const spoil = await meet(world, request.method, path, null);
  if (spoil === 'reset') reply.raw.destroy();
}

async function serveArm(world: World, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const path = pathOf(request);
  const correlationId = headerOf(request, 'x-ms-correlation-request-id') ?? randomUUID();
  void reply.headers({ 'x-ms-request-id': randomUUID(), 'x-ms-correlation-request-id': correlationId });
  const log = (status: number) => {
    world.calls.add({ at: world.clock.now(), method: request.method, path, status, correlationId });
  };
  try {
    const spoilt = await meet(world, request.method, path, machineNameIn(path));
    if (!/^Bearer .+/i.test(headerOf(request, 'authorization') ?? '')) {
      throw new ArmError(
        401,
        'AuthenticationFailed',
        'Authentication failed. The Authorization header is missing.',
        {
          'www-authenticate': 'Bearer authorization_uri="https://login.microsoftonline.com/"',
        },
      );
    }
    const answer = answerArm(world, callOf(request, path));
    log(answer.status);
    return await send(reply, answer, spoilt ?? answer.spoil);
  } catch (error) {
    log(error instanceof ArmError ? error.status : 500);
    return sendError(reply, error);
  }
}

/** What stands in a call's way before it is answered: waits, throws, or says how the answer is to be spoilt. */
async function meet(
  world: World,
  method: string,
  path: string,
  vmName: string | null,
): Promise<'reset' | 'truncate' | undefined> {
  const delay = world.faults.take(['delay'], method, path, vmName);
  if (delay !== undefined)
    await new Promise((resolve) => setTimeout(resolve, delay.delayMs ?? 1_000).unref());
  const fault = world.faults.take(['throttle', 'error', 'reset', 'truncate'], method, path, vmName);
  if (fault === undefined) return undefined;
  if (fault.kind === 'reset' || fault.kind === 'truncate') return fault.kind;
  const headers: Record<string, string> =
    fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
  if (fault.kind === 'throttle')
    throw new ArmError(429, fault.code ?? 'TooManyRequests', 'Too many requests.', headers);
  throw new ArmError(
    fault.status ?? 500,
    fault.code ?? 'InternalServerError',
    'The service met an error.',
    headers,
  );
}

async function send(
  reply: FastifyReply,
  answer: ArmAnswer,
  spoil: ArmAnswer['spoil'],
): Promise<FastifyReply> {
  if (spoil === 'reset') {
    reply.hijack();
    reply.raw.destroy();
    return reply;
  }
  void reply.status(answer.status).headers({ ...answer.headers });
  if (answer.body === undefined) return reply.send();
  const text = JSON.stringify(answer.body);
  const body = spoil === 'truncate' ? text.slice(0, Math.floor(text.length / 2)) : text;
  return reply.type('application/json; charset=utf-8').send(body);
}

function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  const known =
    error instanceof ArmError ? error : new ArmError(statusOf(error), 'BadRequest', messageOf(error));
  return reply.status(known.status).headers(known.headers).send(known.envelope);
}

function statusOf(error: unknown): number {
  const status =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500;
  return typeof status === 'number' ? status : 500;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The service met an error.';
}

function callOf(request: FastifyRequest, path: string): ArmCall {
  const query = new URL(request.url, 'http://emulator.invalid').searchParams;
  const origin = `${request.protocol}://${request.host}`;
  return { method: request.method, path, query, body: request.body, origin };
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? '';
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
