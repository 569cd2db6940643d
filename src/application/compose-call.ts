import type { Effect } from '../domain/effects.js';
import { engineerCall } from '../domain/enforcement/engineer-call.js';
import { troublesOf } from '../domain/enforcement/troubles.js';
import type { Instant } from '../domain/instants.js';
import type { EngineerCall } from '../domain/ports/engineers.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';

export type CallWanted = Extract<Effect, { readonly type: 'call-engineer' }>;

/** What a support engineer is to be told, as it stands now; null where the exemption is none of ours. */
export async function composeCall(
  tx: Transaction,
  effect: CallWanted,
  key: string,
  now: Instant,
): Promise<EngineerCall | null> {
  const exemption = await tx.exemptions.find({ kind: 'platform' }, effect.exemptionId, now);
  if (exemption === null) return null;
  const { subscriptionId } = exemption;
  const [restarts, machines] = await Promise.all([
    tx.restarts.ofExemption(exemption.id),
    tx.machines.ofSubscription(subscriptionId),
  ]);
  const byId = new Map(machines.map((machine) => [machine.vmId, machine]));
  return engineerCall(effect, { subscriptionId, troubles: troublesOf(restarts, byId) }, key);
}
