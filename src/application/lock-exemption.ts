import { scopeOf } from '../domain/access/scope.js';
import type { Exemption } from '../domain/exemption/exemption.js';
import type { Instant } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { alreadyFinal, notFound } from '../domain/refusals.js';
import type { Call } from './call.js';

/** The exemption, in the caller's scope and held until the commit: 404, then the replay, then 409 where it has ended. */
export async function lockLiveExemption(
  tx: Transaction,
  call: Call,
  exemptionId: string,
  now: Instant,
): Promise<Exemption> {
  const exemption = await lockExemption(tx, call, exemptionId, now);
  mustBeLive(exemption);
  return exemption;
}

/** The same, though it may have ended: for what outlives it. */
export async function lockExemption(
  tx: Transaction,
  call: Call,
  exemptionId: string,
  now: Instant,
): Promise<Exemption> {
  const exemption = await tx.exemptions.lock(scopeOf(call.actor), exemptionId.toLowerCase(), now);
  if (exemption === null) throw notFound();
  await tx.replayIfAnswered();
  return exemption;
}

/** Throws 409 where it has ended. */
export function mustBeLive(exemption: Exemption): void {
  if (exemption.endedAt === null) return;
  throw alreadyFinal(
    `already-${exemption.state}`,
    `The exemption is ${exemption.state}; nothing changes it any more.`,
    'A new exemption begins with a new request.',
  );
}
