import type { ArmAnswer, ArmCall } from './arm-answer.js';
import type { ArmTarget } from './arm-path.js';
import { notAllowed, resourceNotFound } from './errors.js';
import type { World } from './world.js';

const type = 'Microsoft.Compute/availabilitySets';

interface SetBody {
  readonly location?: string;
  readonly properties?: Record<string, unknown>;
}

/** GET, PUT and DELETE of an availability set. Its members are the machines that name it. */
export function availabilitySetRoute(world: World, call: ArmCall, target: ArmTarget): ArmAnswer {
  const { group, name } = target;
  const subscription = world.cloud.subscription(target.subscriptionId);
  const sets = subscription.availabilitySets;
  const key = `${group}/${name}`.toLowerCase();
  const known = sets.get(key);
  if (call.method === 'PUT') {
    const { location = 'westeurope', properties = {} } = (call.body ?? {}) as SetBody;
    const groupName = world.cloud.groupFor(subscription, group, location);
    const id = `/subscriptions/${subscription.id}/resourceGroups/${groupName}/providers/${type}/${name}`;
    const set = { id, name, type, location, properties };
    sets.set(key, set);
    return { status: known === undefined ? 201 : 200, body: set };
  }
  if (known === undefined) throw resourceNotFound(name, group, type);
  if (call.method === 'GET') return { status: 200, body: known };
  if (call.method !== 'DELETE') throw notAllowed(call);
  sets.delete(key);
  return { status: 200 };
}
