import helmet from '@fastify/helmet';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Gatekeeper } from './access/gatekeeper.js';
import type { AnyRoute } from './route.js';
import { allRoutes } from './routes.js';
import { AuditTrail } from './audit-trail.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { SendRendered } from './rendered.js';
import { parseJson } from './json-body.js';
import { answerExpectation, answerUnreadable, answerUnroutable } from './unreadable.js';

const bodyLimit = 256 * 1024;
/** How long the head of a request may take, and how often slow ones are looked for. */
const headMs = 10_000;
const lookEveryMs = 5_000;

export interface ApiLimits {
  /** Proxies of the deployment's own before this process: so many addresses of X-Forwarded-For are believed, from the right. */
  readonly trustedHops: number;
  /** How long a request may take to come whole. */
  readonly requestTimeoutMs: number;
}

const options = ({ requestTimeoutMs, trustedHops }: ApiLimits) => ({
  bodyLimit,
  requestTimeout: requestTimeoutMs,
  keepAliveTimeout: 65_000,
  http: {
    headersTimeout: Math.min(headMs, requestTimeoutMs),
    connectionsCheckingInterval: Math.min(lookEveryMs, requestTimeoutMs / 2),
  },
  // Hop 0 is the connection itself: its address is a proxy's of ours where one stands before us.
  trustProxy: (_address: string, hop: number) => hop < trustedHops,
  logger: false,
  // What still comes in on an open connection while the process drains is served, and the connection closed after it.
  return503OnClosing: false,
  multipart: false,
  routerOptions: { maxParamLength: 300, ignoreTrailingSlash: true },
  frameworkErrors: answerUnroutable,
  clientErrorHandler: answerUnreadable,
});

/** Makes the API on Fastify, guarded before its routes are; it does not listen yet. */
export async function createApi(module: DynamicModule, limits: ApiLimits): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(options(limits)), {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  });
  const server = app.getHttpAdapter().getInstance();
  readJsonOnly(server);
  server.server.on('checkExpectation', answerExpectation);
  await server.register(helmet, {
    contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"] } },
  });
  app.get(Gatekeeper).guard(server);
  app.get(AuditTrail).watch(server);
  app.useGlobalFilters(app.get(ProblemFilter));
  app.useGlobalInterceptors(app.get(SendRendered));
  await app.init();
  await server.ready();
  return app;
}

/** Every other media type is 415, but for those that a route names. A body of no bytes is no body: many clients name a type all the same. */
function readJsonOnly(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  const types = ['application/json', ...allRoutes.flatMap(({ media = [] }) => media)];
  server.addContentTypeParser([...new Set(types)], { parseAs: 'buffer' }, (request, body, done) => {
    try {
      mustBeTaken(request);
      mustBePlain(request.headers['content-encoding']);
      done(null, body.length === 0 ? undefined : parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

function mustBeTaken({ headers, routeOptions }: FastifyRequest): void {
  const [type = ''] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const { definition } = routeOptions.config as unknown as { readonly definition?: AnyRoute };
  if (type.trim() === 'application/json' || definition?.media?.includes(type.trim()) === true) return;
  throw Object.assign(new Error('a media type of another route'), { statusCode: 415 });
}

/** A compressed body is refused (RFC 9110 section 15.5.16): 256 kB could become a gigabyte. */
function mustBePlain(encoding: string | undefined): void {
  if (encoding === undefined || encoding === 'identity') return;
  throw Object.assign(new Error('a compressed body'), { statusCode: 415 });
}
