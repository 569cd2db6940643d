import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ArmError } from './errors.js';
import { isSpot } from './machine.js';
import { parseBody } from './parse-body.js';
import { act, deallocateAll, evict, machineCalled } from './platform.js';
import type { World } from './world.js';

interface OfSubscription {
  readonly Params: { readonly id: string };
}

const platformOrder = z.strictObject({
  action: z.enum(['evict', 'deallocate', 'delete']),
  /** Its name, or its vmId; without it `deallocate` is about all of them. */
  vmName: z.string().optional(),
});

const rights = z.strictObject({
  denied: z.array(
    z.union([z.string().min(1), z.strictObject({ action: z.string().min(1), scope: z.string().optional() })]),
  ),
});

/** What the platform does by itself, and what nobody may do any more. */
export function platformRoutes(app: FastifyInstance, world: World): void {
  app.post<OfSubscription>('/_control/subscriptions/:id/platform', ({ params, body }, reply) => {
    const subscription = world.cloud.subscription(params.id);
    const { action, vmName } = parseBody(platformOrder, body);
    if (vmName === undefined) {
      if (action !== 'deallocate') throw invalid(`${action} wants a vmName`);
      return reply.status(202).send({ machines: deallocateAll(world, subscription) });
    }
    const machine = machineCalled(subscription, vmName);
    if (action === 'evict' && !isSpot(machine)) throw invalid(`${machine.name} is no spot machine`);
    if (action === 'evict') evict(world, subscription, machine);
    else act(world, subscription, machine, action);
    return reply.status(202).send({ machines: 1 });
  });
  app.get<OfSubscription>('/_control/subscriptions/:id/rights', ({ params }) => ({
    denied: world.cloud.subscription(params.id).denials,
  }));
  app.put<OfSubscription>('/_control/subscriptions/:id/rights', ({ params, body }) => {
    const subscription = world.cloud.subscription(params.id);
    subscription.denials = parseBody(rights, body).denied.map((one) => {
      const { action, scope } = typeof one === 'string' ? { action: one, scope: undefined } : one;
      return { action, scope: scope ?? `/subscriptions/${subscription.id}` };
    });
    return { denied: subscription.denials };
  });
}

const invalid = (message: string) => new ArmError(400, 'InvalidRequestContent', message);
