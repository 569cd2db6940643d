import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { activityLogControl } from './activity-log/activity-log-routes.js';
import { dnsRoutes } from './dns-routes.js';
import { ArmError } from './errors.js';
import { entraRoutes, eventGridRoutes } from './event-grid/event-grid-routes.js';
import { faultKinds } from './faults.js';
import { gateModeRoute, truthRoute, wholeTruthRoute } from './gate-routes.js';
import { parseBody } from './parse-body.js';
import { platformRoutes } from './platform-routes.js';
import { resourceGraphControl } from './resource-graph/resource-graph-routes.js';
import { resetWorld, type World } from './world.js';

/** The switchboard: what the real cloud does not have. It needs no token. The gate itself is served beside ARM. */
export function controlRoutes(app: FastifyInstance, world: World): void {
  app.get('/_control/port25', () => wholeTruthRoute(world));
  app.get<OfSubscription>('/_control/subscriptions/:id/port25', ({ params }) => truthRoute(world, params.id));
  app.put<OfSubscription>('/_control/subscriptions/:id/gate-mode', ({ params, body }) =>
    gateModeRoute(world, params.id, body),
  );
  faultRoutes(app, world);
  timeRoutes(app, world);
  platformRoutes(app, world);
  activityLogControl(app, world);
  resourceGraphControl(app, world);
  eventGridRoutes(app, world);
  entraRoutes(app, world);
  dnsRoutes(app, world.dns);
  app.get<{ Querystring: { since?: string } }>('/_control/calls', ({ query: { since } }) => {
    if (since !== undefined) parseBody(instant, since);
    return { calls: world.calls.since(since) };
  });
  app.post('/_control/reset', (_request, reply) => {
    resetWorld(world);
    return reply.status(204).send();
  });
  app.put('/_control/page-size', ({ body }) => {
    world.pageSize = parseBody(z.strictObject({ pageSize: z.int().min(1) }), body).pageSize;
    return { pageSize: world.pageSize };
  });
}

interface OfSubscription {
  readonly Params: { readonly id: string };
}

const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'must be an ISO 8601 instant');

const faultOrder = z.strictObject({
  match: z
    .strictObject({
      method: z.string().optional(),
      path: z.string().optional(),
      vmName: z.string().optional(),
    })
    .default({}),
  kind: z.enum(faultKinds),
  times: z.int().min(1).optional(),
  status: z.int().min(400).max(599).optional(),
  code: z.string().optional(),
  retryAfter: z.union([z.number().min(0), z.string()]).optional(),
  delayMs: z.number().min(0).optional(),
  origin: z.url().optional(),
});

/** Deleting a fault also lets go of the operations that it kept from ending. */
function faultRoutes(app: FastifyInstance, world: World): void {
  app.get('/_control/faults', () => ({ faults: world.faults.list() }));
  app.post('/_control/faults', ({ body }, reply) => {
    const { id } = world.faults.add(parseBody(faultOrder, body));
    return reply.status(201).send({ id });
  });
  app.delete<OfSubscription>('/_control/faults/:id', ({ params }, reply) => {
    if (!world.faults.remove(params.id)) throw new ArmError(404, 'NotFound', 'There is no such fault.');
    world.operations.release([params.id.toLowerCase()]);
    return reply.status(204).send();
  });
  app.delete('/_control/faults', (_request, reply) => {
    const ids = world.faults.list().map(({ id }) => id);
    world.faults.clear();
    world.operations.release(ids);
    return reply.status(204).send();
  });
}

const milliseconds = z.number().min(0);
const durations = z.strictObject({
  deallocateMs: milliseconds.optional(),
  startMs: milliseconds.optional(),
});
const clockOrder = z.union([
  z.strictObject({ now: instant }),
  z.strictObject({ advanceMs: z.number() }),
  z.strictObject({ real: z.literal(true).optional() }),
]);

function timeRoutes(app: FastifyInstance, world: World): void {
  app.get('/_control/durations', () => world.operations.durations);
  app.put('/_control/durations', ({ body }) => {
    const known = world.operations.durations;
    const { deallocateMs = known.deallocateMs, startMs = known.startMs } = parseBody(durations, body);
    world.operations.durations = { deallocateMs, startMs };
    return world.operations.durations;
  });
  const clockView = () => ({ now: world.clock.now(), simulated: world.clock.isSimulated });
  app.get('/_control/clock', clockView);
  app.put('/_control/clock', async ({ body }) => {
    const order = parseBody(clockOrder, body);
    const travel = (instant: string) => world.clock.travel(instant, () => world.eventGrid.idle());
    if ('now' in order) await travel(order.now);
    else if ('advanceMs' in order)
      await travel(new Date(world.clock.nowMs() + order.advanceMs).toISOString());
    else world.clock.real();
    return clockView();
  });
}
