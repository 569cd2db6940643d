import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mayDo } from '../../domain/access/permissions.js';
import { ClockWatch } from '../../domain/ports/clock-watch.js';
import { ClockAstray } from '../../domain/ports/unit-of-work.js';
import { forbidden, RefusedError } from '../../domain/refusals.js';
import { ApiLog } from '../api-log.js';
import { ApiMetrics } from '../api-metrics.js';
import { correlationOf } from '../correlation.js';
import { deprecationHeaders } from '../deprecation.js';
import { answerOf } from '../problems/problem.js';
import { Unauthorized } from '../problems/unauthorized.js';
import { costOf, type AnyRoute } from '../route.js';
import { RateLimits } from './rate-limits.js';
import { RefusedSignIns } from './refused-sign-ins.js';
import { TokenVerifier, type Verified } from './token-verifier.js';

/** Paths that anybody may read: health, the document, the audit's public keys, and the pages of problems. */
const open = /^\/(livez|readyz|openapi\.json|docs|audit-keys|problems\/[^/]+)\/?$/;
const mostHeaders = 100;

/**
 * Stands before every route, and before the body is read: who are you (401), not too often (429), and may you
 * (403). A route under /v1 that demands no permission does not start.
 */
@Injectable()
export class Gatekeeper {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly log: ApiLog,
    private readonly metrics: ApiMetrics,
    private readonly limits: RateLimits,
    private readonly signIns: RefusedSignIns,
    private readonly clocks: ClockWatch,
  ) {}

  /** Hooks into Fastify before its routes are made. */
  guard(server: FastifyInstance): void {
    server.decorateRequest('postern', null as never);
    server.addHook('onRoute', (route) => {
      const { definition } = (route.config ?? {}) as { definition?: AnyRoute };
      if (
        definition === undefined &&
        !open.test(route.url) &&
        route.method !== 'HEAD' &&
        route.method !== 'OPTIONS'
      ) {
        throw new Error(
          `the route ${String(route.method)} ${route.url} demands no permission: closed by default`,
        );
      }
    });
    server.addHook('onRequest', (request, reply) => this.admit(request, reply));
    server.addHook('onResponse', (request, reply, done) => {
      const { method } = request;
      const route = request.routeOptions.url ?? 'none';
      const status = reply.statusCode;
      this.metrics.answered({ method, route, status }, reply.elapsedTime / 1_000);
      this.log.request({
        method,
        route,
        status,
        ms: Math.round(reply.elapsedTime),
        traceId: request.postern.traceId,
      });
      done();
    });
  }

  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { definition = null } = request.routeOptions.config as unknown as { definition?: AnyRoute };
    const { traceId, headers } = correlationOf(request.headers);
    void reply.headers({ ...headers, 'cache-control': 'no-store', vary: 'authorization' });
    request.postern = { caller: null, until: 0, traceId, definition };
    if (definition === null) return;
    if (definition.deprecated !== undefined)
      void reply.headers({ ...deprecationHeaders(definition.deprecated) });
    try {
      // Beyond so many Node drops them without a word; no client of ours sends half as many.
      if (request.raw.rawHeaders.length > mostHeaders * 2) throw tooManyHeaders();
      // A wrong clock tells neither whether a token holds nor what is due (F29).
      if (this.clocks.last().isAstray) throw new ClockAstray();
      const { caller, until } = await this.identified(request, definition);
      request.postern = { caller, until, traceId, definition };
      const { headers: left, refusal } = this.limits.charge(caller, costOf(definition));
      void reply.headers({ ...left });
      // The limit comes first: who is refused a thousand times is not judged a thousand times.
      if (refusal !== null) throw refusal;
      if (!mayDo(caller, definition.permission)) throw roleMissing();
    } catch (error) {
      const answer = answerOf(error, request.url.split('?')[0] ?? '', traceId);
      if (answer.status >= 500) this.log.failure(error, traceId);
      if (error instanceof RefusedError) request.postern = { ...request.postern, refusal: error };
      if (error instanceof Unauthorized) this.log.unauthorized(error.reason, traceId);
      await reply
        .status(answer.status)
        .headers({ ...answer.headers })
        .send(answer.body);
    }
  }

  private async identified(request: FastifyRequest, definition: AnyRoute): Promise<Verified> {
    const { ip } = request;
    const secret = definition.takesEventSecret === true ? eventSecretOf(request) : null;
    const authorization = secret ?? request.headers.authorization;
    try {
      this.signIns.mustBeHeard(ip, authorization, () => this.verifier.claimsPlatform(authorization));
    } catch (error) {
      this.metrics.limited('address');
      throw error;
    }
    try {
      const verified =
        secret === null ? await this.verifier.verify(authorization) : this.verifier.verifyEventSecret(secret);
      this.signIns.wasAccepted(authorization);
      return verified;
    } catch (error) {
      if (error instanceof Unauthorized) this.signIns.wasRefused(ip, authorization);
      throw error;
    }
  }
}

/** The shared secret of events: in a header where the sender can set one, else in the query; null where there is none. */
function eventSecretOf({ headers, query }: FastifyRequest): string | null {
  const { secret } = (query ?? {}) as { readonly secret?: unknown };
  const given = headers['x-postern-event-secret'] ?? secret;
  return typeof given === 'string' && given !== '' ? given : null;
}

/** 431 as the edge knows it: 400 `malformed-request`. */
function tooManyHeaders(): Error {
  return Object.assign(new Error('too many headers'), { statusCode: 431 });
}

function roleMissing(): RefusedError {
  return forbidden(
    'role-missing',
    'None of your roles may do this.',
    'Ask for the role that has it, or let somebody do it who has.',
  );
}
