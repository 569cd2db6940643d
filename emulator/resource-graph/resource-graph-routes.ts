import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ArmAnswer, ArmCall } from '../arm-answer.js';
import { ArmError, notAllowed } from '../errors.js';
import { parseBody } from '../parse-body.js';
import type { World } from '../world.js';
import { parseQuery, QueryError } from './query.js';
import type { Quota } from './resource-graph.js';

const route = /^\/providers\/Microsoft\.ResourceGraph\/resources\/?$/i;

/** Whether a call is a query over all subscriptions. */
export const isResourceGraph = ({ path }: ArmCall) => route.test(path);

const queryOrder = z.object({
  query: z.string().min(1),
  subscriptions: z.array(z.string()).optional(),
  options: z
    .object({
      resultFormat: z.literal('objectArray').default('objectArray'),
      $top: z.int().min(1).max(1_000).default(1_000),
      $skipToken: z.string().nullish(),
    })
    .prefault({}),
});

/** What a page continues after: the instant of the first one, and how many rows were told since. */
const skipToken = z.tuple([z.number(), z.int().min(0)]);

/**
 * `POST /providers/Microsoft.ResourceGraph/resources` (2024-04-01): a page of what the index shows, as objects.
 * https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources
 */
export function resourceGraphRoute(world: World, call: ArmCall): ArmAnswer {
  if (call.method !== 'POST') throw notAllowed(call);
  const { resourceGraph } = world;
  const quota = resourceGraph.take(call.caller);
  const headers = headersOf(quota);
  if (quota.isExceeded) throw throttled(call, resourceGraph.nowMs(), headers);
  const parsed = queryOrder.safeParse(call.body ?? {});
  if (!parsed.success) throw badRequest(call, resourceGraph.nowMs(), 'InvalidPayload', '');
  const { query: source, subscriptions = null, options } = parsed.data;
  const refuse = (token: string) => badRequest(call, resourceGraph.nowMs(), 'ParserFailure', token);
  const [instantMs, from] = tokenOf(options.$skipToken ?? null, resourceGraph.nowMs(), refuse);
  const tables = resourceGraph.tablesAt(instantMs, subscriptions);
  const { rows, isPageable } = rowsOf(() => {
    const query = parseQuery(source);
    const all = query.run(tables);
    return { rows: all, isPageable: query.isPageable(all) };
  }, refuse);
  const size = Math.min(options.$top, world.pageSize);
  const data = rows.slice(from, from + size);
  const isMore = from + size < rows.length;
  const next = Buffer.from(JSON.stringify([instantMs, from + size])).toString('base64');
  const body = {
    totalRecords: rows.length,
    count: data.length,
    data,
    facets: [],
    resultTruncated: isMore && !isPageable ? 'true' : 'false',
    ...(isMore && isPageable ? { $skipToken: next } : {}),
  };
  return { status: 200, body, headers };
}

function rowsOf<T>(run: () => T, refuse: (token: string) => ArmError): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof QueryError ? refuse(error.token) : error;
  }
}

function tokenOf(
  token: string | null,
  nowMs: number,
  refuse: (token: string) => ArmError,
): readonly [number, number] {
  if (token === null || token === '') return [nowMs, 0];
  try {
    return skipToken.parse(JSON.parse(Buffer.from(token, 'base64').toString()));
  } catch {
    throw refuse('$skipToken');
  }
}

/** The duration as the service writes it: `hh:mm:ss`. */
function headersOf({ left, resetsInMs }: Quota): Readonly<Record<string, string>> {
  const seconds = Math.ceil(resetsInMs / 1_000);
  const two = (number: number) => String(number).padStart(2, '0');
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return {
    'x-ms-user-quota-remaining': String(left),
    'x-ms-user-quota-resets-after': parts.map(two).join(':'),
  };
}

const support = ({ correlationId }: ArmCall, nowMs: number) =>
  `Please provide below info when asking for support: timestamp = ${new Date(nowMs).toISOString().replace('Z', '0000Z')}, correlationId = ${correlationId}.`;

/** Without `Retry-After`; the envelope as it was recorded in https://github.com/Azure/azure-cli-extensions/issues/3325. */
function throttled(call: ArmCall, nowMs: number, headers: Readonly<Record<string, string>>): ArmError {
  const message =
    'Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help.';
  const details = [{ code: 'RateLimiting', message }];
  return new ArmError(429, 'RateLimiting', support(call, nowMs), headers, details);
}

/** The envelope as it was recorded in https://github.com/Azure/aztfexport/issues/485. */
function badRequest(call: ArmCall, nowMs: number, code: string, token: string): ArmError {
  const message =
    'Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.';
  const details = [
    { code: 'InvalidQuery', message },
    { code, message: code, token },
  ];
  return new ArmError(400, 'BadRequest', support(call, nowMs), {}, details);
}

const manners = z
  .strictObject({ lagMs: z.number().min(0), queries: z.int().min(1), windowMs: z.number().min(1) })
  .partial();

/** How the index and its quota behave. What an order does not name stays as it was. */
export function resourceGraphControl(app: FastifyInstance, { resourceGraph }: World): void {
  app.get('/_control/resource-graph', () => resourceGraph.manners);
  app.put('/_control/resource-graph', ({ body }) => {
    resourceGraph.manners = { ...resourceGraph.manners, ...parseBody(manners, body) };
    return resourceGraph.manners;
  });
}
