import type { Restart } from '../domain/enforcement/restart.js';
import { presentRestarts } from '../domain/enforcement/situation.js';
import type { Exemption } from '../domain/exemption/exemption.js';
import type { Instant } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';

/**
 * A machine of an effective exemption that was restarted came back, perhaps with another address: somebody looks. Nothing
 * else gives it one. That of the grant is asked for when the exemption becomes effective; after the end nobody asks.
 */
export async function followAddresses(
  tx: Transaction,
  before: readonly Restart[],
  exemption: Exemption,
  restarts: readonly Restart[],
): Promise<void> {
  if (exemption.endedAt !== null) return tx.addressReviews.remove(exemption.id);
  if (exemption.state !== 'effective') return;
  const known = new Set(before.filter(({ state }) => state === 'restarted').map(({ id }) => id));
  const cameBack = presentRestarts({ exemption, restarts }).some(
    ({ id, state }) => state === 'restarted' && !known.has(id),
  );
  if (cameBack) await tx.effects.add([{ type: 'review-addresses', exemptionId: exemption.id }]);
}

/** The same for a machine that a cycle of ours brought back: the look that follows finds nothing new in it. */
export async function followAddress(
  tx: Transaction,
  { state, direction, exemptionId, fence }: Restart,
  now: Instant,
): Promise<void> {
  if (state !== 'restarted' || direction !== 'enable') return;
  const exemption = await tx.exemptions.find({ kind: 'platform' }, exemptionId, now);
  if (exemption?.state === 'effective' && exemption.fence === fence)
    await tx.effects.add([{ type: 'review-addresses', exemptionId }]);
}
