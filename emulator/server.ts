import { randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { faultSubject, type ArmAnswer, type ArmCall } from './arm-answer.js';
import { answerArm, machineNameIn } from './arm-routes.js';
import { callerOf } from './caller.js';
import { controlRoutes } from './control-routes.js';
import { ArmError } from './errors.js';
import { gateRoute } from './gate-routes.js';
import { losesItsAnswer, meetObstacles, type Spoil } from './obstacles.js';
import type { World } from './world.js';

/** One HTTP server over a world: the ARM routes, which want a bearer token, and the switchboard, which wants none. */
export function createServer(
  world: World,
  https: { readonly key: string; readonly cert: string } | null,
): FastifyInstance {
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    // ARM's paths are case-insensitive; what they name keeps the case in which it was written.
    routerOptions: { caseSensitive: false },
    ...(https === null ? {} : { https }),
  }) as unknown as FastifyInstance;
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(body.toString()));
    } catch {
      done(new ArmError(400, 'InvalidRequestContent', 'The request content was invalid JSON.'));
    }
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (/^\/(subscriptions|providers)\//i.test(request.url)) void reply.headers(identify(request));
    done();
  });
  app.setErrorHandler((error, _request, reply) => {
    sendError(reply, error);
  });
  app.setNotFoundHandler((_request, reply) => {
    sendError(reply, new ArmError(404, 'NotFound', 'There is no such route.'));
  });
  controlRoutes(app, world);
  serveCalls(app, world);
  return app;
}

/** The routes that faults may hit: all of ARM, and the gate, which is what a gate adapter calls. */
function serveCalls(app: FastifyInstance, world: World): void {
  const stopping = new AbortController();
  app.addHook('preClose', (done) => {
    stopping.abort();
    done();
  });
  for (const root of ['/subscriptions/*', '/providers/*'])
    app.all(root, (request, reply) => serveArm(world, request, reply, stopping.signal));
  app.route<{ Params: { readonly id: string } }>({
    method: ['GET', 'PUT'],
    url: '/_control/subscriptions/:id/gate',
    handler: async (request, reply) => {
      const answer = (call: ArmCall) => gateRoute(world, call, request.params.id);
      await carryOut(world, callOf(request, reply), reply, answer, stopping.signal);
      return reply;
    },
  });
}

async function serveArm(
  world: World,
  request: FastifyRequest,
  reply: FastifyReply,
  stopping: AbortSignal,
): Promise<FastifyReply> {
  const call = callOf(request, reply);
  const log = (status: number) => {
    const { method, path, correlationId } = call;
    world.calls.add({ at: world.clock.now(), method, path, status, correlationId });
  };
  try {
    requireToken(request);
    log(await carryOut(world, call, reply, (one) => answerArm(world, one), stopping));
  } catch (error) {
    log(error instanceof ArmError ? error.status : 500);
    sendError(reply, error);
  }
  return reply;
}

/** Carries a call out unless a fault prevents it, and answers unless one wants silence. Returns the status; 0 = none. */
async function carryOut(
  world: World,
  call: ArmCall,
  reply: FastifyReply,
  answerTo: (call: ArmCall) => ArmAnswer,
  stopping: AbortSignal,
): Promise<number> {
  const subject = faultSubject(call, machineNameIn(world, call.path));
  const spoil = await meetObstacles(world, subject, stopping);
  if (spoil === 'reset') {
    cut(reply);
    return 0;
  }
  const answer = answerTo(call);
  if (losesItsAnswer(world, subject)) cut(reply);
  else send(reply, answer, spoil);
  return answer.status;
}

function cut(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.destroy();
}

function send(reply: FastifyReply, answer: ArmAnswer, spoil: Spoil): void {
  void reply.status(answer.status).headers({ ...answer.headers });
  if (answer.body === undefined) {
    void reply.send();
    return;
  }
  const text = JSON.stringify(answer.body);
  const body = spoil === 'truncate' ? text.slice(0, Math.floor(text.length / 2)) : text;
  void reply.type('application/json; charset=utf-8').send(body);
}

function requireToken(request: FastifyRequest): void {
  if (/^Bearer .+/i.test(headerOf(request, 'authorization') ?? '')) return;
  const message = 'Authentication failed. The Authorization header is missing.';
  const challenge = 'Bearer authorization_uri="https://login.microsoftonline.com/"';
  throw new ArmError(401, 'AuthenticationFailed', message, { 'www-authenticate': challenge });
}

function identify(request: FastifyRequest): Record<string, string> {
  const correlationId = headerOf(request, 'x-ms-correlation-request-id') ?? randomUUID();
  return { 'x-ms-request-id': randomUUID(), 'x-ms-correlation-request-id': correlationId };
}

function sendError(reply: FastifyReply, error: unknown): void {
  const known =
    error instanceof ArmError ? error : new ArmError(statusOf(error), 'BadRequest', messageOf(error));
  void reply.status(known.status).headers(known.headers).send(known.envelope);
}

function statusOf(error: unknown): number {
  const status =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500;
  return typeof status === 'number' ? status : 500;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The service met an error.';
}

function callOf(request: FastifyRequest, reply: FastifyReply): ArmCall {
  const [path = ''] = request.url.split('?');
  const query = new URL(request.url, 'http://emulator.invalid').searchParams;
  const origin = `${request.protocol}://${request.host}`;
  const correlationId = String(reply.getHeader('x-ms-correlation-request-id') ?? randomUUID());
  const caller = callerOf(headerOf(request, 'authorization'));
  return { method: request.method, path, query, body: request.body, origin, correlationId, caller };
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
