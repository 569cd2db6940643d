import type { Actor } from '../../domain/access/actor.js';
import { scopeOf } from '../../domain/access/scope.js';
import type { Machine } from '../../domain/enforcement/machine.js';
import { isElsewhere, subscriptionOf } from '../../domain/enforcement/place.js';
import type { Exemption } from '../../domain/exemption/exemption.js';
import type { Instant } from '../../domain/instants.js';
import type { Transaction } from '../../domain/ports/unit-of-work.js';

/** That a machine is in another subscription; in which one, where its reader may know. */
export interface Elsewhere {
  readonly subscriptionId: string | null;
}

/**
 * Where machines are that left the exemption's subscription, for whoever reads. A requester learns the name of another
 * subscription only where that belongs to the same tenant (I12); staff reads it always.
 */
export async function whereForReader(
  tx: Transaction,
  actor: Actor,
  { tenantId }: Pick<Exemption, 'tenantId'>,
  { machines, now }: { readonly machines: readonly Machine[]; readonly now: Instant },
): Promise<(machine: Machine | null) => Elsewhere | null> {
  const scope = scopeOf(actor);
  const away = machines.filter(isElsewhere).map(({ resourceId }) => subscriptionOf(resourceId));
  const named = new Set<string>();
  for (const id of new Set(away)) {
    const found = scope.kind === 'platform' ? null : await tx.subscriptions.find(scope, id, now);
    if (scope.kind === 'platform' || found?.tenantId === tenantId) named.add(id);
  }
  return (machine) => {
    if (machine === null || !isElsewhere(machine)) return null;
    const id = subscriptionOf(machine.resourceId);
    return { subscriptionId: named.has(id) ? id : null };
  };
}
