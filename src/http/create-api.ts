import helmet from '@fastify/helmet';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Gatekeeper } from './access/gatekeeper.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { SendRendered } from './rendered.js';

/** Makes the API on Fastify, guarded before its routes are; it does not listen yet. */
export async function createApi(module: DynamicModule): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: 256 * 1024,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    trustProxy: false,
    logger: false,
    return503OnClosing: true,
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: true },
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: false,
    abortOnError: false,
  });
  const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
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
