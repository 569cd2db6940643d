import { Injectable } from '@nestjs/common';
import { systemActor } from '../domain/access/actor.js';
import type { Effect } from '../domain/effects.js';
import { directionOf } from '../domain/exemption/exemption.js';
import { type Gate, isSettled } from '../domain/gate/gate.js';
import { presentRestarts } from '../domain/enforcement/situation.js';
import { Clock } from '../domain/ports/clock.js';
import type { EffectLease } from '../domain/ports/effect-store.js';
import { GateControl } from '../domain/ports/gate-control.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { ConcludeLook } from './conclude-look.js';
import { type Held, hasNothingLeft, isOwedMeanwhile } from './held.js';
import { LookAtMachines } from './look-at-machines.js';

const actor = systemActor('conduct-restarts');

/** What is on record where there is something to look at. */
type ToLookAt = Held & { readonly gate: Gate };

/**
 * Looks after one exemption's machines: takes one look at all of them, folds it into the evidence, plans, admits,
 * and says when the exemption has become effective or its end complete. It comes back until the exemption has ended:
 * closely while something is being proven, seldom afterwards (a resting machine that starts adds its evidence then).
 */
@Injectable()
export class ConductRestarts {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly machines: LookAtMachines,
    private readonly clock: Clock,
    private readonly gates: GateControl,
    private readonly conclude: ConcludeLook,
  ) {}

  async run(
    effect: Extract<Effect, { readonly type: 'conduct-restarts' }>,
    lease: EffectLease,
  ): Promise<void> {
    const held = await this.load(effect.exemptionId);
    if (held === null) return this.settleDone(lease);
    if (!('machines' in held)) return this.conclude.later(held, lease);
    const look = await this.machines.run({
      subscriptionId: held.exemption.subscriptionId,
      tenantId: held.exemption.tenantId,
      known: held.machines.filter((machine) => !machine.gone),
      inFull: needsFullListing(held),
      isUrgent: directionOf(held.exemption) === 'revoke',
      logSince: this.conclude.logSince(held),
      readsSubscription: held.restarts.some((restart) => restart.blocker?.code === 'subscription-disabled'),
    });
    if (look.kind === 'failed') return this.conclude.failed(held, look, lease);
    const reading = look.inFull ? await this.gates.read(held.gate.id) : null;
    await this.conclude.complete(held, look, reading, lease);
  }

  /**
   * What a look is taken from; the exemption alone where none is taken now, so that machines which ask one after another
   * load nothing of each other.
   */
  private load(exemptionId: string): Promise<ToLookAt | Pick<Held, 'exemption'> | null> {
    return this.unitOfWork.read({ actor }, async (tx) => {
      const [exemption, note] = await Promise.all([
        tx.exemptions.find({ kind: 'platform' }, exemptionId, this.clock.now()),
        tx.conduct.find(exemptionId),
      ]);
      if (exemption === null) return null;
      if (exemption.endedAt !== null && (await hasNothingLeft(tx, exemption, note))) return null;
      const gate = await tx.gates.find(exemption.subscriptionId);
      // A gate that has not answered says nothing of machines: its confirmation asks for the next look at once.
      if (gate === null || (!isSettled(gate) && !(await isOwedMeanwhile(tx, exemption, note))))
        return { exemption };
      const isFresh = this.conclude.lookedJustNow({ exemption, gate, note });
      if (isFresh && (await tx.restarts.hasUnfinished(exemptionId))) return { exemption };
      const [machines, restarts] = await Promise.all([
        tx.machines.ofSubscription(exemption.subscriptionId),
        tx.restarts.ofExemption(exemptionId),
      ]);
      return { exemption, gate, note, machines, restarts };
    });
  }

  private async settleDone(lease: EffectLease): Promise<void> {
    await this.unitOfWork.run({ actor, traceId: null, lease }, (tx) => tx.effects.settle({ kind: 'done' }));
  }
}

/**
 * Machines are listed in full where that can change anything: before the first plan, when all that is planned is
 * proven (once more before it is concluded), and in the quiet watch afterwards. In between, and before the gate has
 * answered, the power states suffice.
 */
function needsFullListing(held: ToLookAt): boolean {
  const { exemption, gate, note } = held;
  if (exemption.endedAt !== null || !isSettled(gate)) return false;
  if (directionOf(exemption) === null || exemption.state === 'effective') return true;
  if (note === null || note.fence !== exemption.fence || note.lastListedAt === null) return true;
  const direction = directionOf(exemption);
  const unproven = ['waiting', 'deallocating', 'starting', 'blocked', 'failed', 'skipped'];
  if (direction === 'revoke') unproven.push('absent');
  return !presentRestarts(held).some((restart) => unproven.includes(restart.state));
}
