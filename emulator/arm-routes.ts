import { activityLogRoute } from './activity-log/activity-log-routes.js';
import type { ArmAnswer, ArmCall } from './arm-answer.js';
import { machineNameOf, parseArmPath, type ArmKind, type ArmTarget } from './arm-path.js';
import { availabilitySetRoute } from './availability-set-route.js';
import { ArmError, notAllowed } from './errors.js';
import { groupRoute } from './group-route.js';
import { lockRoute, refuseLocked } from './locks.js';
import { listRoute } from './machine-listing.js';
import { instanceViewRoute, machineRoute, powerRoute } from './machine-routes.js';
import { moveRoute } from './move-routes.js';
import { networkListRoute, networkRoute } from './network-routes.js';
import { operationRoute } from './operation-routes.js';
import { isResourceGraph, resourceGraphRoute } from './resource-graph/resource-graph-routes.js';
import { recordRefusal } from './record-call.js';
import { refuseDenied, resourceIdIn } from './rights.js';
import { scaleSetPowerRoute } from './scale-set-power.js';
import { instancesRoute, scaleSetRoute, scaleSetsRoute } from './scale-set-routes.js';
import { subscriptionRoute } from './subscription-route.js';
import { tagRoute } from './tag-routes.js';
import type { World } from './world.js';

type Route = (world: World, call: ArmCall, target: ArmTarget) => ArmAnswer;

const lockRouteOf: Route = ({ cloud }, call, target) =>
  lockRoute(cloud.subscription(target.subscriptionId).locks, call, target);

const routes: Readonly<Record<ArmKind, Route>> = {
  subscription: (world, call, { subscriptionId }) => subscriptionRoute(world, call, subscriptionId),
  tags: (world, call, { subscriptionId }) => tagRoute(world, call, subscriptionId),
  group: groupRoute,
  move: moveRoute,
  machines: (world, call, { subscriptionId, group }) => {
    if (call.method !== 'GET') throw notAllowed(call);
    return listRoute(world, call, subscriptionId, group);
  },
  machine: machineRoute,
  'instance-view': instanceViewRoute,
  power: powerRoute,
  'scale-sets': scaleSetsRoute,
  'scale-set': scaleSetRoute,
  'scale-set-power': scaleSetPowerRoute,
  instances: instancesRoute,
  'availability-set': availabilitySetRoute,
  interfaces: networkListRoute,
  interface: networkRoute,
  addresses: networkListRoute,
  address: networkRoute,
  operation: operationRoute,
  'operation-result': operationRoute,
  'activity-log': (world, call, { subscriptionId }) => activityLogRoute(world, call, subscriptionId),
  locks: lockRouteOf,
  lock: lockRouteOf,
};

/** Answers one ARM call; throws ArmError for every refusal. */
export function answerArm(world: World, call: ArmCall): ArmAnswer {
  if (isResourceGraph(call)) {
    requireApiVersion(call);
    return resourceGraphRoute(world, call);
  }
  const target = parseArmPath(call.path);
  if (target === undefined)
    throw new ArmError(404, 'InvalidResourceType', 'The resource type could not be found.');
  requireApiVersion(call);
  try {
    if (target.kind !== 'subscription' || call.method === 'GET') refuse(world, call, target);
    return routes[target.kind](world, call, target);
  } catch (error) {
    if (error instanceof ArmError) recordRefusal(world, call, target, error);
    throw error;
  }
}

/** What is refused before a provider is asked: a subscription that is not there, a missing right, a lock. */
function refuse({ cloud }: World, call: ArmCall, target: ArmTarget): void {
  const { denials, locks } = cloud.subscription(target.subscriptionId);
  refuseDenied(denials, call, target);
  if (target.kind !== 'lock') refuseLocked(locks, call.method, resourceIdIn(target, call.path));
}

/** The machine that a path is about, for faults; an operation is about the machine that it works on. */
export function machineNameIn(world: World, path: string): string | null {
  const target = parseArmPath(path);
  if (target === undefined) return null;
  if (target.kind === 'operation' || target.kind === 'operation-result')
    return world.operations.find(target.name)?.machine.name ?? null;
  return ['machine', 'instance-view', 'power'].includes(target.kind) ? machineNameOf(target) : null;
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
