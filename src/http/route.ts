import { applyDecorators, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { z } from 'zod';
import type { Deprecated } from './deprecation.js';
import type { Permission } from '../domain/access/permissions.js';

/** What an id in a path names: where a body is bad, the thing's own 404 still comes first. */
export type Probe =
  'request' | 'exemption' | 'subscription' | 'violation' | 'effect' | 'gate' | 'machine' | 'person';

type Shape = z.ZodType;

/** A route as data: it is served, guarded, validated and documented from this one value. */
export interface RouteDefinition<P extends Shape, Q extends Shape, B extends Shape> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  readonly path: string;
  readonly permission: Permission;
  readonly summary: string;
  readonly tag: string;
  readonly status: number;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** What the document shows, where the parts of a body are judged one by one. */
  readonly documentedBody?: Shape;
  /** The name of the answer's schema among the document's components; null for a stream. */
  readonly answer: Shape | null;
  readonly probe?: Probe;
  /** Sent with an ETag, the version of the aggregate. */
  readonly etag?: boolean;
  /** A PUT that makes what is not there: 201 then, 200 otherwise. */
  readonly upserts?: boolean;
  /** Sent with a Location. */
  readonly located?: boolean;
  /** Media types of JSON that it takes beside `application/json`. */
  readonly media?: readonly string[];
  /** A machine of the cloud's own may come with the shared secret of events in place of a token. */
  readonly takesEventSecret?: true;
  readonly ifMatch?: boolean;
  readonly idempotent?: boolean;
  /** Statuses of refusals that this route can answer beside those of every route. */
  readonly refuses: readonly number[];
  readonly example?: unknown;
  /** Answers with what is sensitive: who reads it is recorded, or whoever of the platform does (docs/audit.md). */
  readonly records?: 'read' | 'read-by-staff';
  /** Points of the rate limits; see `costOf` for what it is when it is not said. */
  readonly cost?: number;
  /** Still served, but to be left: told by headers on every answer, and in the document. */
  readonly deprecated?: Deprecated;
}

export type AnyRoute = RouteDefinition<Shape, Shape, Shape>;

/** What a call costs of the caller's points a minute: a single read 1, a list 2, whatever writes, decides or streams 5. */
export function costOf({ cost, method, answer, query }: AnyRoute): number {
  if (cost !== undefined) return cost;
  if (method !== 'GET' || answer === null) return 5;
  return isList(query) ? 2 : 1;
}

/** Whether a query has pages. */
export function isList(query: Shape): boolean {
  return 'cursor' in ((query as { readonly shape?: object }).shape ?? {});
}

/** Keeps the types of the schemas, so that a handler's input is inferred from its route. */
export function route<P extends Shape, Q extends Shape, B extends Shape>(
  definition: RouteDefinition<P, Q, B>,
): RouteDefinition<P, Q, B> {
  return definition;
}

export const ROUTE = Symbol('route');
const methods = {
  GET: RequestMethod.GET,
  POST: RequestMethod.POST,
  PUT: RequestMethod.PUT,
  DELETE: RequestMethod.DELETE,
  OPTIONS: RequestMethod.OPTIONS,
} as const;

/** Binds a handler to its route. The definition travels with Fastify's route, where the guard finds it. */
export function On(definition: AnyRoute): MethodDecorator {
  return applyDecorators(
    RequestMapping({ path: definition.path, method: methods[definition.method] }),
    RouteConfig({ definition }),
    SetMetadata(ROUTE, definition),
  );
}
