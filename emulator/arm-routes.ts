import type { ArmAnswer, ArmCall } from './arm-answer.js';
import { parseArmPath, type ArmTarget } from './arm-path.js';
import type { EmulatedSubscription } from './cloud.js';
import { ArmError, resourceGroupNotFound } from './errors.js';
import { instanceViewRoute, listRoute, machineRoute, notAllowed, powerRoute } from './machine-routes.js';
import { operationRoute } from './operation-routes.js';
import type { World } from './world.js';

/** Answers one ARM call; throws ArmError for every refusal. */
export function answerArm(world: World, call: ArmCall): ArmAnswer {
  const target = parseArmPath(call.path);
  if (target === undefined)
    throw new ArmError(404, 'InvalidResourceType', 'The resource type could not be found.');
  requireApiVersion(call);
  switch (target.kind) {
    case 'subscription':
      return subscriptionRoute(world, call, target.subscriptionId);
    case 'group':
      return groupRoute(world, call, target);
    case 'machines':
      if (call.method !== 'GET') throw notAllowed(call);
      return listRoute(world, call, target.subscriptionId, target.group);
    case 'machine':
      return machineRoute(world, call, target.subscriptionId, target.group, target.name);
    case 'instance-view':
      return instanceViewRoute(world, call, target.subscriptionId, target.group, target.name);
    case 'power':
      return powerRoute(world, call, target.subscriptionId, target.group, target.name, target.action);
    case 'operation':
      return operationRoute(world, target.operationId, target.form);
  }
}

/** The machine that a path names, for faults that are about one. */
export function machineNameIn(path: string): string | null {
  const target = parseArmPath(path);
  return target !== undefined && 'name' in target ? target.name : null;
}

function requireApiVersion({ query }: ArmCall): void {
  const version = query.get('api-version');
  if (version === null) {
    throw new ArmError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  if (!/^20(1[5-9]|[2-9]\d)-\d\d-\d\d(-preview)?$/.test(version)) {
    throw new ArmError(400, 'InvalidApiVersionParameter', `The api-version '${version}' is invalid.`);
  }
}

function subscriptionRoute(world: World, call: ArmCall, id: string): ArmAnswer {
  if (call.method === 'GET') return { status: 200, body: presentSubscription(world.cloud.subscription(id)) };
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
  const given = { displayName, tenantId, state, managedByTenants, tags, ...subscriptionPolicies };
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

function groupRoute(
  world: World,
  call: ArmCall,
  target: Extract<ArmTarget, { readonly kind: 'group' }>,
): ArmAnswer {
  const subscription = world.cloud.subscription(target.subscriptionId);
  const key = target.group.toLowerCase();
  if (call.method === 'PUT') {
    const { location = 'westeurope' } = (call.body ?? {}) as { readonly location?: string };
    subscription.resourceGroups.set(key, { name: target.group, location });
  } else if (call.method !== 'GET') throw notAllowed(call);
  const group = subscription.resourceGroups.get(key);
  if (group === undefined) throw resourceGroupNotFound(target.group);
  const id = `/subscriptions/${subscription.id}/resourceGroups/${group.name}`;
  return { status: 200, body: { id, ...group, properties: { provisioningState: 'Succeeded' } } };
}
