import { directionOf, type Exemption } from '../exemption/exemption.js';
import { isSettled, type Gate } from '../gate/gate.js';
import type { Instant } from '../instants.js';
import type { Machine } from './machine.js';
import type { Blocker, Direction, Restart } from './restart.js';
import type { ToldTrouble } from './troubles.js';

/** All that is known of one exemption's machines at one look. Everything decided in a look is decided from this. */
export interface Situation {
  readonly exemption: Exemption;
  readonly gate: Gate;
  /** The machines of the subscription that are not gone, by name. */
  readonly machines: readonly Machine[];
  /** All restarts of the exemption, of every fence and direction. */
  readonly restarts: readonly Restart[];
  /** True when this look listed the subscription's machines completely, and not only their power states. */
  readonly listedInFull: boolean;
  /** `vmId`s that this look saw; a machine that is not among them is missing, which says nothing by itself. */
  readonly seenVmIds: ReadonlySet<string>;
  /** `vmId`s of machines that are gone: a proven one that was deleted since counts, too. */
  readonly goneVmIds: ReadonlySet<string>;
  /** Machines that this look did not find where they were, and why the end of a right needs a human for them; null while it does not. */
  readonly absent: ReadonlyMap<string, Blocker | null>;
  /** Machines that this look saw in another place than before: what stood in their way there is not known to stand here. */
  readonly displaced: ReadonlySet<string>;
  /** True when this look asked the activity log, whatever that answered. */
  readonly logWasAsked: boolean;
  /** How late the log may tell of something, and how far its clock may stand from ours. */
  readonly logLateMs: number;
  readonly clockMarginMs: number;
  readonly subscriptionEnabled: boolean | null;
  /** What the owner was told of machines that do not go on, and what is not over yet. */
  readonly toldTroubles: readonly Pick<ToldTrouble, 'code' | 'restartIds' | 'at'>[];
  /** How many machines a revocation may have down at once: the operator's own limit, not the customer's. */
  readonly operatorMaxUnavailable: number | string;
  readonly now: Instant;
}

/** The direction and fence that machines are proven for now; null while the gate has not answered or nobody moves. */
export function presentAim(
  situation: Situation,
): { readonly direction: Direction; readonly fence: number } | null {
  const { exemption, gate } = situation;
  const direction = directionOf(exemption);
  if (direction === null || !isSettled(gate) || gate.fence !== exemption.fence) return null;
  const wanted = direction === 'enable' ? 'open' : 'closed';
  return gate.position === wanted ? { direction, fence: gate.fence } : null;
}

/**
 * The restarts that belong to the present direction and fence, whatever the gate says of itself; of a machine that was
 * planned again, the last.
 */
export function presentRestarts(situation: Pick<Situation, 'exemption' | 'restarts'>): readonly Restart[] {
  const direction = directionOf(situation.exemption);
  const present = situation.restarts.filter(
    (restart) => restart.direction === direction && restart.fence === situation.exemption.fence,
  );
  if (present.every(({ round }) => round === 1)) return present;
  const inOrder = present.toSorted((a, b) => a.round - b.round);
  return [...new Map(inOrder.map((restart) => [restart.vmId, restart])).values()];
}

/** The machines by `vmId`: made once a look, because a subscription may have ten thousand of them. */
export function machinesById({ machines }: Situation): ReadonlyMap<string, Machine> {
  return new Map(machines.map((machine) => [machine.vmId, machine]));
}
