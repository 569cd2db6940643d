import { Injectable } from '@nestjs/common';
import { systemActor } from '../domain/access/actor.js';
import type { Effect } from '../domain/effects.js';
import { type Instant, addMilliseconds, millisecondsBetween } from '../domain/instants.js';
import { Clock } from '../domain/ports/clock.js';
import { ComputeControlPlane } from '../domain/ports/compute-control-plane.js';
import type { EffectLease, Settlement } from '../domain/ports/effect-store.js';
import { Settings } from '../domain/ports/settings.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import {
  type ControlProof,
  type Sight,
  sightOf,
  stateOfProof,
} from '../domain/subscription/control-proof.js';

const actor = systemActor('check-control-proof');

/**
 * Looks for the tag of a proof on its subscription, again and again until it was seen, its time is over, or it can
 * never be seen. What nobody could read proves nothing, and is looked for again (I17).
 */
@Injectable()
export class CheckControlProof {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly cloud: ComputeControlPlane,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  async run(
    effect: Extract<Effect, { readonly type: 'check-control-proof' }>,
    lease: EffectLease,
  ): Promise<void> {
    const proof = await this.unitOfWork.read({ actor }, (tx) => tx.controlProofs.find(effect.proofId));
    const isOpen = proof !== null && stateOfProof(proof, this.clock.now()) === 'awaiting-tag';
    const answer = isOpen ? await this.cloud.readSubscription(proof.subscriptionId) : null;
    const again = answer?.kind === 'unavailable' ? (answer.retryAfterSeconds ?? 0) * 1_000 : 0;
    await this.unitOfWork.run({ actor, traceId: null, lease }, async (tx) => {
      const current = await tx.controlProofs.lock(effect.proofId);
      const settlement =
        current?.state === 'awaiting-tag'
          ? await this.conclude(tx, current, answer === null ? null : sightOf(current, answer), again)
          : done;
      await tx.effects.settle(settlement);
    });
  }

  /** Keeps what was seen. A tag that is seen after its time is over comes too late: the nonce is good no more. */
  private async conclude(
    tx: Transaction,
    proof: ControlProof,
    sight: Sight | null,
    notBeforeMs: number,
  ): Promise<Settlement> {
    const now = this.clock.now();
    const subject = { type: 'control-proof', id: proof.id };
    if (sight === null || stateOfProof(proof, now) === 'expired') {
      await tx.audit('control-proof.expired', subject);
      return done;
    }
    await tx.controlProofs.save(this.afterLook(proof, sight, now));
    if (sight.kind === 'not-yet') return again(proof, now, notBeforeMs);
    const details = sight.kind === 'failed' ? { code: sight.problem.code } : {};
    await tx.audit(`control-proof.${sight.kind === 'seen' ? 'proven' : 'failed'}`, subject, details);
    return done;
  }

  private afterLook(proof: ControlProof, sight: Sight, now: Instant): ControlProof {
    if (sight.kind === 'seen') {
      const expiresAt = addMilliseconds(now, this.settings.controlProofMs);
      return { ...proof, state: 'proven', checkedAt: now, provenAt: now, expiresAt, problem: null };
    }
    const state = sight.kind === 'failed' ? 'failed' : proof.state;
    return { ...proof, state, checkedAt: now, problem: sight.problem };
  }
}

const done: Settlement = { kind: 'done' };

/** After half of the time that it has waited already: at least 2 seconds, at most 15 minutes, and once at its end. */
function again({ askedAt, expiresAt }: ControlProof, now: Instant, notBeforeMs: number): Settlement {
  const half = millisecondsBetween(askedAt, now) / 2;
  const waitMs = Math.max(notBeforeMs, Math.min(900_000, Math.max(2_000, half)));
  const dueAt = addMilliseconds(now, Math.min(waitMs, Math.max(1, millisecondsBetween(now, expiresAt))));
  return { kind: 'again', dueAt };
}
