import type { ArmAnswer, ArmCall } from './arm-answer.js';
import { parseArmPath, type ArmTarget } from './arm-path.js';
import type { EmulatedSubscription, ResourceGroup } from './subscription.js';
import { ArmError, resourceGroupNotFound } from './errors.js';
import { listRoute } from './machine-listing.js';
import { instanceViewRoute, machineRoute, notAllowed, powerRoute } from './machine-routes.js';
import { operationRoute } from './operation-routes.js';
import { tagRoute } from './tag-routes.js';
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
    case 'tags':
      return tagRoute(world, call, target.subscriptionId);
    case 'group':
      return groupRoute(world, call, target);
    case 'machines':
      if (call.method !== 'GET') throw notAllowed(call);
      return listRoute(world, call, target.subscriptionId, target.group);
    case 'machine':
      return machineRoute(world, call, target);
    case 'instance-view':
      return instanceViewRoute(world, call, target);
    case 'power':
      return powerRoute(world, call, target);
    case 'operation':
      return operationRoute(world, call, target);
  }
}

/** The machine that a path is about, for faults; an operation is about the machine that it works on. */
export function machineNameIn(world: World, path: string): string | null {
  const target = parseArmPath(path);
  if (target === undefined) return null;
  if (target.kind === 'operation') return world.operations.find(target.operationId)?.machine.name ?? null;
  return 'name' in target ? target.name : null;
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

/** GET and PUT of a resource group; DELETE takes it and its machines away at once. */
function groupRoute(
  world: World,
  call: ArmCall,
  target: Extract<ArmTarget, { readonly kind: 'group' }>,
): ArmAnswer {
  const subscription = world.cloud.subscription(target.subscriptionId);
  const known = subscription.resourceGroups.get(target.group.toLowerCase());
  if (call.method === 'PUT') {
    const { location = 'westeurope' } = (call.body ?? {}) as { readonly location?: string };
    const group = known ?? { name: target.group, location };
    subscription.resourceGroups.set(target.group.toLowerCase(), group);
    return { status: known === undefined ? 201 : 200, body: presentGroup(subscription, group) };
  }
  if (known === undefined) throw resourceGroupNotFound(target.group);
  if (call.method === 'GET') return { status: 200, body: presentGroup(subscription, known) };
  if (call.method !== 'DELETE') throw notAllowed(call);
  world.cloud.removeGroup(subscription, known.name);
  return { status: 200 };
}

function presentGroup(subscription: EmulatedSubscription, group: ResourceGroup): object {
  const id = `/subscriptions/${subscription.id}/resourceGroups/${group.name}`;
  const type = 'Microsoft.Resources/resourceGroups';
  return { id, type, ...group, properties: { provisioningState: 'Succeeded' } };
}
