import { faultSubject, type ArmCall } from './arm-answer.js';
import { ArmError } from './errors.js';
import { skipTokenOf } from './page.js';
import type { World } from './world.js';

/** Whether a fault has a listing told as empty; throws where one has its later pages fail. */
export function isToldEmpty(world: World, call: ArmCall): boolean {
  const subject = faultSubject(call, null);
  if (world.faults.take(['empty-list'], subject) !== undefined) return true;
  const partial = skipTokenOf(call) === 0 ? undefined : world.faults.take(['partial-list'], subject);
  if (partial === undefined) return false;
  const code = partial.code ?? 'InternalServerError';
  throw new ArmError(partial.status ?? 500, code, 'The page could not be read.');
}

/** Whether a machine is in its listing: a fault may leave it out. */
export function isListed(world: World, call: ArmCall, { name }: { readonly name: string }): boolean {
  return world.faults.take(['vanish'], faultSubject(call, name)) === undefined;
}
