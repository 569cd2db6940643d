import { createHash } from 'node:crypto';
import { faultSubject, type ArmAnswer, type ArmCall } from './arm-answer.js';
import type { ArmTarget } from './arm-path.js';
import { armTime, ArmError } from './errors.js';
import type { Operation } from './operation.js';
import type { World } from './world.js';

const rounds = Array.from({ length: 36 }, (_, index) => String(index));

/** Real operation URLs are signed and about 3.6 kB long: what stores, cuts or logs them carelessly is found here. */
function signatureOf({ id, startedAtMs }: Operation): { readonly query: string; readonly h: string } {
  const blob = rounds
    .map((round) => createHash('sha512').update(`${id}${round}`).digest('base64url'))
    .join('');
  const h = blob.slice(-43);
  const query = `t=${String(startedAtMs)}&c=${blob.slice(0, 2_930)}&s=${blob.slice(0, 400)}&h=${h}`;
  return { query, h };
}

/** `Azure-AsyncOperation` for the status, `Location` for the result. Neither comes with a `Retry-After`. */
export function operationHeaders(operation: Operation, origin: string): Readonly<Record<string, string>> {
  const base = `${origin}/subscriptions/${operation.subscription.id}/providers/Microsoft.Compute/locations/${operation.machine.location}`;
  const query = `?p=00000000-0000-4000-8000-000000000000&api-version=2025-04-01&${signatureOf(operation).query}`;
  return {
    'azure-asyncoperation': `${base}/operations/${operation.id}${query}`,
    location: `${base}/operationResults/${operation.id}${query}&monitor=true`,
  };
}

/** The operation itself, or its result: 202 while it runs, 200 or the failure when it is over. */
export function operationRoute(world: World, call: ArmCall, target: ArmTarget): ArmAnswer {
  if (call.method !== 'GET') throw new ArmError(405, 'MethodNotAllowed', 'An operation can only be read.');
  const operation = findOperation(world, call, target.subscriptionId, target.name);
  const { subscription, machine } = operation;
  const remaining = world.throttle.take('operation', subscription.id, machine.location, machine.id);
  const headers = { 'x-ms-ratelimit-remaining-resource': remaining };
  if (target.kind === 'operation') return { status: 200, body: presentOperation(operation), headers };
  if (operation.status === 'InProgress')
    return { status: 202, headers: { ...headers, location: selfOf(call) } };
  if (operation.failsWith === null) return { status: 200, headers };
  return { status: 409, body: { error: { ...operation.failsWith, details: [] } }, headers };
}

function findOperation(world: World, call: ArmCall, subscriptionId: string, id: string): Operation {
  const operation = world.operations.find(id);
  const gone = new ArmError(404, 'NotFound', 'The entity was not found.');
  if (operation === undefined || operation.subscription.id !== subscriptionId.toLowerCase()) throw gone;
  if (call.query.get('h') !== signatureOf(operation).h) {
    throw new ArmError(403, 'AuthorizationFailed', 'The signature of the operation URL is missing or wrong.');
  }
  const subject = faultSubject(call, operation.machine.name);
  if (operation.forgotten || world.faults.take(['operation-gone'], subject) !== undefined) throw gone;
  return operation;
}

function presentOperation(operation: Operation): object {
  const { id, status, startedAtMs, endsAtMs, failsWith } = operation;
  const running = status === 'InProgress';
  return {
    name: id,
    status,
    startTime: armTime(startedAtMs),
    ...(running ? {} : { endTime: armTime(endsAtMs) }),
    ...(status === 'Failed' ? { error: { ...failsWith, details: [] } } : {}),
  };
}

function selfOf(call: ArmCall): string {
  return `${call.origin}${call.path}?${call.query.toString()}`;
}
