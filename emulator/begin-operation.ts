import { faultSubject, type ArmAnswer, type ArmCall } from './arm-answer.js';
import type { FaultKind } from './faults.js';
import { operationHeaders } from './operation-routes.js';
import type { Operation } from './operation.js';
import type { PowerOrder } from './operations.js';
import type { World } from './world.js';

/** Begins an operation as faults will have it. They are taken after the refusals: a refused call uses none of them up. */
export function beginTwisted(world: World, call: ArmCall, order: PowerOrder): Operation {
  const take = (kind: FaultKind) => world.faults.take([kind], faultSubject(call, order.machine.name));
  return world.operations.begin(order, () => {
    const fails = take('operation-fails');
    const fallback = order.action === 'start' ? 'AllocationFailed' : 'InternalExecutionError';
    return {
      heldBy: take('operation-endless')?.id ?? null,
      failsWith: fails === undefined ? null : (fails.code ?? fallback),
      forgotten: take('operation-gone') !== undefined,
    };
  });
}

/** 202, an empty body, and where the operation can be followed. */
export function acceptedAnswer(
  world: World,
  call: ArmCall,
  operation: Operation,
  remaining: string,
): ArmAnswer {
  const subject = faultSubject(call, operation.machine.name);
  const elsewhere = world.faults.take(['operation-elsewhere'], subject);
  const origin =
    elsewhere === undefined ? call.origin : (elsewhere.origin ?? 'https://operations.elsewhere.invalid');
  const headers = { ...operationHeaders(operation, origin), 'x-ms-ratelimit-remaining-resource': remaining };
  return { status: 202, headers };
}
