import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ArmAnswer, ArmCall } from '../arm-answer.js';
import { ArmError } from '../errors.js';
import { parseBody } from '../parse-body.js';
import type { World } from '../world.js';
import { parseFilter } from './filter.js';
import { presentRecord } from './record.js';

/** `GET …/eventtypes/management/values` (2015-04-01): a page of the activity log, and where the next one is. */
export function activityLogRoute(world: World, call: ArmCall, subscriptionId: string): ArmAnswer {
  if (call.method !== 'GET') throw new ArmError(405, 'MethodNotAllowed', 'The log can only be read.');
  const subscription = world.cloud.subscription(subscriptionId);
  const { instantMs, offset } = tokenOf(call, world.clock.nowMs());
  const filter = parseFilter(call.query.get('$filter'), world.clock.nowMs());
  const all = world.activityLog.readableAt(subscription.id, instantMs, filter);
  const page = all.slice(offset, offset + world.pageSize);
  const select = selectionOf(call);
  const { caseChanges } = world.activityLog.manners;
  const value = page.map(({ record, submittedAtMs }) =>
    select(presentRecord(record, submittedAtMs, caseChanges)),
  );
  const next = offset + world.pageSize;
  if (next >= all.length) return { status: 200, body: { value } };
  return { status: 200, body: { value, nextLink: nextLink(call, `${String(instantMs)}.${String(next)}`) } };
}

/** What a page continues after: the instant at which the first one was asked for, and how many were told since. */
function tokenOf({ query }: ArmCall, nowMs: number) {
  const token = query.get('$skipToken');
  if (token === null) return { instantMs: nowMs, offset: 0 };
  const [, instant = '', offset = ''] = /^(\d{1,15})\.(\d{1,9})$/.exec(token) ?? [];
  if (instant === '') throw new ArmError(400, 'BadRequest', 'The value of $skipToken is invalid.');
  return { instantMs: Number(instant), offset: Number(offset) };
}

function nextLink(call: ArmCall, token: string): string {
  const query = new URLSearchParams(call.query);
  query.set('$skipToken', token);
  return `${call.origin}${call.path}?${query.toString()}`;
}

/** `$select` names properties, in any case; what a reader did not ask for is left out. */
function selectionOf({ query }: ArmCall) {
  const wanted = (query.get('$select') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (wanted.length === 0) return (record: Record<string, unknown>) => record;
  return (record: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => wanted.includes(name.toLowerCase())));
}

const manners = z
  .strictObject({
    delayMs: z.number().min(0),
    duplicates: z.int().min(0).max(10),
    shuffle: z.boolean(),
    caseChanges: z.boolean(),
    destinationTells: z.enum(['nothing', 'move', 'created']),
  })
  .partial();

/** How the log behaves. What an order does not name stays as it was. */
export function activityLogControl(app: FastifyInstance, { activityLog }: World): void {
  app.get('/_control/activity-log', () => activityLog.manners);
  app.put('/_control/activity-log', ({ body }) => {
    activityLog.manners = { ...activityLog.manners, ...parseBody(manners, body) };
    return activityLog.manners;
  });
}
