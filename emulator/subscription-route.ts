import type { ArmAnswer, ArmCall } from './arm-answer.js';
import { notAllowed } from './errors.js';
import type { EmulatedSubscription } from './subscription.js';
import type { World } from './world.js';

/** GET; and, as only an emulator has it, PUT, PATCH and DELETE of a subscription, at once. */
export function subscriptionRoute(world: World, call: ArmCall, id: string): ArmAnswer {
  if (call.method === 'GET') return { status: 200, body: presentSubscription(world.cloud.subscription(id)) };
  if (call.method === 'DELETE') {
    world.cloud.removeSubscription(id);
    return { status: 200 };
  }
  if (call.method !== 'PUT' && call.method !== 'PATCH') throw notAllowed(call);
  const facts = factsOf(call.body as SubscriptionBody);
  if (call.method === 'PATCH') world.cloud.subscription(id);
  const { created, subscription } = world.cloud.putSubscription(id, facts);
  return { status: created ? 201 : 200, body: presentSubscription(subscription) };
}

interface SubscriptionBody {
  readonly displayName?: string;
  readonly tenantId?: string;
  readonly state?: string;
  readonly subscriptionPolicies?: { readonly quotaId?: string; readonly spendingLimit?: string };
  readonly managedByTenants?: readonly unknown[];
  readonly tags?: Record<string, string>;
}

function factsOf(body: SubscriptionBody | null | undefined): Partial<EmulatedSubscription> {
  const { displayName, tenantId, state, subscriptionPolicies, managedByTenants, tags } = body ?? {};
  const { quotaId, spendingLimit } = subscriptionPolicies ?? {};
  const given = { displayName, tenantId, state, managedByTenants, tags, quotaId, spendingLimit };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function presentSubscription(subscription: EmulatedSubscription): object {
  const { id, displayName, tenantId, state, quotaId, spendingLimit, tags, managedByTenants } = subscription;
  return {
    id: `/subscriptions/${id}`,
    subscriptionId: id,
    displayName,
    tenantId,
    state,
    subscriptionPolicies: { locationPlacementId: 'Public_2014-09-01', quotaId, spendingLimit },
    authorizationSource: 'RoleBased',
    managedByTenants,
    tags,
  };
}
