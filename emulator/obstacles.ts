import { setTimeout as wait } from 'node:timers/promises';
import { ArmError } from './errors.js';
import type { Fault, FaultSubject } from './faults.js';
import type { World } from './world.js';

/** How a call that came through is spoilt: cut off before anything is done, or answered with half of its JSON. */
export type Spoil = 'reset' | 'truncate' | null;

const defaultDelayMs = 1_000;

/**
 * What stands in a call's way before it is carried out: waits (by the real clock, also where the emulator's is
 * simulated: it is the client's patience that is tried), throws, or says how the call is to be spoilt.
 */
export async function meetObstacles(
  world: World,
  subject: FaultSubject,
  stopping: AbortSignal,
): Promise<Spoil> {
  const delay = world.faults.take(['delay'], subject);
  if (delay !== undefined) await wait(delay.delayMs ?? defaultDelayMs, undefined, { signal: stopping });
  const fault = world.faults.take(['throttle', 'error', 'reset', 'truncate'], subject);
  if (fault === undefined) return null;
  if (fault.kind !== 'delay' && fault.delayMs !== undefined)
    await wait(fault.delayMs, undefined, { signal: stopping });
  if (fault.kind === 'reset' || fault.kind === 'truncate') return fault.kind;
  throw refusalOf(fault);
}

function refusalOf({ kind, status, code, retryAfter }: Fault): ArmError {
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  if (kind === 'throttle')
    return new ArmError(429, code ?? 'TooManyRequests', 'Too many requests have been received.', headers);
  const message = 'The service met an error.';
  return new ArmError(status ?? 500, code ?? 'InternalServerError', message, headers);
}

/** Whether an order that was carried out loses its answer. Reading changes nothing and is never meant. */
export function losesItsAnswer(world: World, subject: FaultSubject): boolean {
  return subject.method !== 'GET' && world.faults.take(['accept-then-reset'], subject) !== undefined;
}
