import helmet from '@fastify/helmet';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Gatekeeper } from './access/gatekeeper.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { SendRendered } from './rendered.js';
import { answerUnreadable, answerUnroutable } from './unreadable.js';

const options = {
  bodyLimit: 256 * 1024,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  trustProxy: false,
  logger: false,
  // What still comes in on an open connection while the process drains is served, and the connection closed after it.
  return503OnClosing: false,
  multipart: false,
  routerOptions: { maxParamLength: 300, ignoreTrailingSlash: true },
  frameworkErrors: answerUnroutable,
  clientErrorHandler: answerUnreadable,
} as const;

/** Makes the API on Fastify, guarded before its routes are; it does not listen yet. */
export async function createApi(module: DynamicModule): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(options), {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  });
  const server = app.getHttpAdapter().getInstance();
  readJsonOnly(server);
  await server.register(helmet, {
    contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"] } },
  });
  app.get(Gatekeeper).guard(server);
  app.useGlobalFilters(app.get(ProblemFilter));
  app.useGlobalInterceptors(app.get(SendRendered));
  await app.init();
  await server.ready();
  return app;
}

/** Every other media type is 415. A body of no bytes is no body: many clients name a type all the same. */
function readJsonOnly(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  const parse = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, body as string, done);
  });
}
