import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import canonicalize from 'canonicalize';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Call } from '../application/call.js';
import type { Caller } from '../domain/access/actor.js';
import type { RefusedError } from '../domain/refusals.js';
import { ifMatchOf } from './etag.js';
import { idempotencyKeyOf } from './idempotency.js';
import { fieldWords } from './problems/field-words.js';
import { InvalidInput, invalidFields } from './problems/invalid-input.js';
import { renderRefusal } from './problems/problem.js';
import type { Rendered } from './rendered.js';
import { ROUTE, type AnyRoute, type RouteDefinition } from './route.js';

/** What the gatekeeper leaves on a request: who, until when (ms since 1970), under which trace, on which route. */
export interface RequestState {
  readonly caller: Caller | null;
  readonly until: number;
  readonly traceId: string;
  readonly definition: AnyRoute | null;
  /** Why the caller was refused, for the audit; absent where they were not, or are told an earlier answer again. */
  readonly refusal?: RefusedError;
}

declare module 'fastify' {
  interface FastifyRequest {
    postern: RequestState;
  }
}

/** A part of a body that is answered by itself: where it stands, and what it is. */
export interface Part {
  readonly path: string;
  readonly body: unknown;
}

/** A request whose parts were all validated against its route. */
export interface Input<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly call: Call;
  readonly raw: FastifyRequest;
  /** The call under the request's idempotency key, or under one of its own for a part of the body. */
  keyed(render: (result: never) => Rendered, part?: Part): Call;
  /** Runs a verb once under the request's idempotency key, and renders its result as the answer that is kept, too. */
  once<T>(run: (call: Call) => Promise<T>, render: (result: T) => Rendered): Promise<Rendered>;
}

export type InputOf<R> =
  R extends RouteDefinition<infer P, infer Q, infer B> ? Input<z.output<P>, z.output<Q>, z.output<B>> : never;

/** The validated input of a handler: path, then query, then body, each by the route's own schema. */
export const In = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Input<unknown, unknown, unknown> => {
    const definition = Reflect.getMetadata(ROUTE, context.getHandler()) as AnyRoute;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { caller, traceId } = request.postern;
    if (caller === null) throw new Error(`${definition.path} was reached without a caller`);
    const call: Call = {
      actor: caller,
      traceId,
      ifMatch: definition.ifMatch === true ? ifMatchOf(request) : null,
    };
    const keyed = (render: unknown, part?: Part) =>
      withKey(definition, request, call, { render: render as (result: unknown) => Rendered, part });
    return {
      params: parsed(definition.params, request.params, 'path'),
      query: parsed(definition.query, request.query, 'query'),
      body: parsed(definition.body, request.body ?? undefined, 'body'),
      call,
      raw: request,
      keyed,
      once: async (run, render) => render(await run(keyed(render))),
    };
  },
);

function withKey(
  definition: AnyRoute,
  request: FastifyRequest,
  call: Call,
  { render, part }: { readonly render: (result: unknown) => Rendered; readonly part: Part | undefined },
): Call {
  const key = definition.idempotent === true ? idempotencyKeyOf(request) : null;
  if (key === null) return call;
  const bodyHash = createHash('sha256')
    .update(canonicalize((part === undefined ? request.body : part.body) ?? null) ?? '')
    .digest('hex');
  const instance = request.url.split('?')[0] ?? request.url;
  return {
    ...call,
    idempotency: {
      key,
      method: definition.method,
      path:
        part === undefined
          ? spelt(definition, request)
          : `${spelt(definition, request)}/${part.path}`.toLowerCase(),
      bodyHash,
      render,
      renderRefusal: (error) => renderRefusal(error, instance, request.postern.traceId),
    },
  };
}

/** The path in the one way that it is kept: a last slash, capitals or escapes do not make it another one. */
function spelt({ path }: AnyRoute, request: FastifyRequest): string {
  const params = request.params as Readonly<Record<string, string | undefined>>;
  return path.replace(/:([A-Za-z]+)/g, (_, name: string) => params[name] ?? '').toLowerCase();
}

function parsed(schema: z.ZodType, value: unknown, where: 'path' | 'query' | 'body'): unknown {
  // With what was given, so that what is missing can be told from what is of another type.
  const result = schema.safeParse(value, { reportInput: true, error: fieldWords });
  if (result.success) return result.data;
  throw new InvalidInput(where, invalidFields(result.error.issues, where));
}
