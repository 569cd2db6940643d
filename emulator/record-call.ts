import { randomUUID } from 'node:crypto';
import type { ArmCall } from './arm-answer.js';
import type { ArmTarget } from './arm-path.js';
import type { ArmError } from './errors.js';
import { type EmulatedMachine, presentMachine } from './machine.js';
import { operationNameOf, type Cause } from './journal.js';
import { resourceIdIn, resourceTypeOf, verbOf } from './rights.js';
import type { EmulatedSubscription } from './subscription.js';
import type { World } from './world.js';

/** Who asked, as the records of what follows tell it. */
export function causeOf({ correlationId, caller, method }: ArmCall): Cause {
  return { correlationId, caller, method, isPlatform: false };
}

/** The platform's own doing: nobody asked for it. */
export function platformCause(): Cause {
  return { correlationId: randomUUID(), caller: 'Microsoft.Compute', method: '', isPlatform: true };
}

interface Written {
  readonly resourceId: string;
  readonly resourceType: string;
  readonly status: number;
  readonly action?: string;
  readonly responseBody?: object;
}

/** That a machine was created, with what its creator was answered. */
export function createdRecord(machine: EmulatedMachine): Written {
  const { id: resourceId, type: resourceType } = machine;
  return { resourceId, resourceType, status: 201, responseBody: presentMachine(machine, null) };
}

/** Something that was done within its call. */
export function recordWrite(
  world: World,
  call: ArmCall,
  subscription: EmulatedSubscription,
  { resourceId, resourceType, status, action = 'write', responseBody }: Written,
): void {
  const now = world.clock.nowMs();
  const happening = world.journal.begin({
    id: randomUUID(),
    subscriptionId: subscription.id,
    tenantId: subscription.tenantId,
    resourceId,
    resourceType,
    operationName: operationNameOf(resourceType, action),
    cause: causeOf(call),
    startedAtMs: now,
    httpStatus: status,
    ...(responseBody === undefined ? {} : { responseBody }),
  });
  world.journal.end(happening, now, null);
}

/** A refusal that the real log tells: what was forbidden, and what stood in the way. */
export function recordRefusal(world: World, call: ArmCall, target: ArmTarget, error: ArmError): void {
  if (call.method === 'GET' || ![403, 409].includes(error.status)) return;
  const subscription = world.cloud.subscription(target.subscriptionId);
  const resourceType = resourceTypeOf(target);
  const now = world.clock.nowMs();
  const happening = world.journal.begin({
    id: randomUUID(),
    subscriptionId: subscription.id,
    tenantId: subscription.tenantId,
    resourceId: resourceIdIn(target, call.path),
    resourceType,
    operationName: operationNameOf(resourceType, verbOf(target, call.method)),
    cause: causeOf(call),
    startedAtMs: now,
    httpStatus: error.status,
  });
  world.journal.end(happening, now, { code: error.code, message: error.message });
}
