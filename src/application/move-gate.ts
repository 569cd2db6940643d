import { Injectable } from '@nestjs/common';
import type { Effect } from '../domain/effects.js';
import type { Blocker } from '../domain/enforcement/restart.js';
import { absurdFence, isBelievableFence } from '../domain/gate/ended-gate.js';
import type { Gate } from '../domain/gate/gate.js';
import { type GateEvent, gateLifecycle } from '../domain/gate/gate.lifecycle.js';
import { addMilliseconds, millisecondsBetween } from '../domain/instants.js';
import { Clock } from '../domain/ports/clock.js';
import { ComputeControlPlane } from '../domain/ports/compute-control-plane.js';
import { type EffectLease, LeaseLost } from '../domain/ports/effect-store.js';
import { GateControl, type GateMoveAnswer } from '../domain/ports/gate-control.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { systemActor } from '../domain/access/actor.js';
import { applyIfTimely } from './apply-event.js';
import { noteProblem } from './conduct-note.js';

const actor = systemActor('move-gate');

/**
 * Moves the platform's switch of one subscription to where the gate's last order wants it. A late effect of an
 * earlier order finds nothing to do. It never gives up: a gate that does not answer is asked again, at most 5 minutes
 * apart. Before an opening the cloud's own state and tenant are read again (docs/policy.md).
 */
@Injectable()
export class MoveGate {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly gates: GateControl,
    private readonly cloud: ComputeControlPlane,
    private readonly clock: Clock,
  ) {}

  async run(effect: Extract<Effect, { readonly type: 'move-gate' }>, lease: EffectLease): Promise<void> {
    const gate = await this.unitOfWork.read({ actor }, (tx) => tx.gates.find(effect.subscriptionId));
    if (gate === null || gate.fence !== effect.fence) return this.settleDone(lease);
    if (gate.state !== 'opening' && gate.state !== 'closing') return this.settleDone(lease);
    const hindrance = gate.position === 'open' ? await this.hindranceToOpening(gate) : null;
    if (hindrance !== null) return this.comeBack(gate, lease, hindrance, 15_000);
    if (!lease.isHeld()) throw new LeaseLost();
    const answer = await this.gates.move(gate.id, gate.position, gate.fence);
    if (answer.kind === 'fence-too-small' && !isBelievableFence(answer.theirFence, gate.fence))
      return this.comeBack(gate, lease, absurdFence, this.backOffMs(gate, null));
    if (answer.kind === 'unavailable') {
      const problem = {
        code: 'gate-unavailable',
        message: `The platform's gate did not take the order (${answer.code}). It is asked again.`,
      };
      return this.comeBack(gate, lease, problem, this.backOffMs(gate, answer.retryAfterSeconds));
    }
    await this.record(gate, answer, lease);
  }

  /** What the cloud says of the subscription now, where it differs from what the decision was made on; else null. */
  private async hindranceToOpening(gate: Gate): Promise<Blocker | null> {
    const answer = await this.cloud.readSubscription(gate.id);
    if (answer.kind !== 'found') {
      return {
        code: 'subscription-unreadable',
        message:
          'The cloud does not show the subscription, so the gate is not opened yet. It is asked again.',
      };
    }
    if (answer.tenantId.toLowerCase() !== gate.tenantId) {
      return {
        code: 'cloud-tenant-differs',
        message:
          'The cloud says that the subscription belongs to another tenant than the one registered here. The gate stays closed until a human has looked.',
      };
    }
    if (answer.state === 'Disabled' || answer.state === 'Deleted') {
      return {
        code: 'subscription-disabled',
        message: `The cloud says that the subscription is ${answer.state.toLowerCase()}. The gate opens once it is enabled.`,
      };
    }
    return null;
  }

  private async record(
    gate: Gate,
    answer: Exclude<GateMoveAnswer, { readonly kind: 'unavailable' }>,
    lease: EffectLease,
  ): Promise<void> {
    const event: GateEvent =
      answer.kind === 'moved'
        ? { type: 'moved', fence: gate.fence, movedAt: answer.movedAt, appliesTo: answer.appliesTo }
        : { type: 'disputed', fence: gate.fence, theirFence: answer.theirFence };
    await this.unitOfWork.run({ actor, traceId: null, lease }, async (tx) => {
      const now = this.clock.now();
      const current = await tx.gates.lock(gate.id);
      if (current !== null) await applyIfTimely(tx, gateLifecycle, current, event, { actor, now });
      if (event.type === 'disputed') await noteProblem(tx, gate, disputedGate, now, true);
      await tx.effects.settle({ kind: 'done' });
    });
  }

  private async comeBack(gate: Gate, lease: EffectLease, problem: Blocker, inMs: number): Promise<void> {
    await this.unitOfWork.run({ actor, traceId: null, lease }, async (tx) => {
      const now = this.clock.now();
      await noteProblem(tx, gate, problem, now, callsHuman.includes(problem.code));
      await tx.effects.settle({ kind: 'again', dueAt: addMilliseconds(now, inMs) });
    });
  }

  private async settleDone(lease: EffectLease): Promise<void> {
    await this.unitOfWork.run({ actor, traceId: null, lease }, (tx) => tx.effects.settle({ kind: 'done' }));
  }

  /** Half of how long the order has waited already: at least 1 second, at most 5 minutes, never before `Retry-After`. */
  private backOffMs(gate: Gate, retryAfterSeconds: number | null): number {
    const waitedMs = millisecondsBetween(gate.orderedAt, this.clock.now());
    return Math.max((retryAfterSeconds ?? 0) * 1_000, Math.min(300_000, Math.max(1_000, waitedMs / 2)));
  }
}

const callsHuman: readonly string[] = ['cloud-tenant-differs', absurdFence.code];

const disputedGate: Blocker = {
  code: 'gate-disputed',
  message:
    'The platform’s gate stands at a later fence than ours: it was moved by somebody else, or our records are older. Nothing opens by itself; an Operator has to adopt its fence.',
};
