import { createHash } from 'node:crypto';
import type { ArmAnswer } from './arm-answer.js';
import { ArmError } from './errors.js';
import type { Operation } from './operations.js';
import type { World } from './world.js';

/** Real operation URLs are signed and about 3.6 kB long: what stores or logs them carelessly is found here. */
function signatureOf(operation: Operation): string {
  const blob = Array.from({ length: 27 }, (_, index) =>
    createHash('sha512')
      .update(`${operation.id}${String(index)}`)
      .digest('base64url'),
  ).join('');
  return `t=${String(operation.startedAtMs)}&c=${blob.slice(0, 2_200)}&s=${blob.slice(0, 342)}&h=${blob.slice(-43)}`;
}

export function operationHeaders(operation: Operation, origin: string): Readonly<Record<string, string>> {
  const base = `${origin}/subscriptions/${operation.subscription.id}/providers/Microsoft.Compute/locations/${operation.machine.location}`;
  const query = `?p=00000000-0000-4000-8000-000000000000&api-version=2025-04-01&${signatureOf(operation)}`;
  return {
    'azure-asyncoperation': `${base}/operations/${operation.id}${query}`,
    location: `${base}/operationResults/${operation.id}${query}&monitor=true`,
  };
}

/** The operation itself, or its result: 202 while it runs, 200 when it is over. */
export function operationRoute(world: World, id: string, form: 'status' | 'result'): ArmAnswer {
  const operation = world.operations.find(id);
  if (operation === undefined || operation.forgotten) {
    throw new ArmError(404, 'NotFound', 'The entity was not found.');
  }
  const remaining = world.throttle.take(
    'operation',
    operation.subscription.id,
    operation.machine.location,
    operation.machine.name,
  );
  const headers = { 'x-ms-ratelimit-remaining-resource': remaining };
  const running = operation.status === 'InProgress';
  if (form === 'result') return { status: running ? 202 : 200, headers };
  const body = {
    name: operation.id,
    status: operation.status,
    startTime: new Date(operation.startedAtMs).toISOString(),
    ...(running ? {} : { endTime: new Date(operation.endsAtMs).toISOString() }),
    ...(operation.status === 'Failed' ? { error: operation.failsWith } : {}),
  };
  return { status: 200, body, headers };
}
