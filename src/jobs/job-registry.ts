import { Injectable } from '@nestjs/common';
import { CallEngineer } from '../application/call-engineer.js';
import { CheckControlProof } from '../application/check-control-proof.js';
import { ConductRestarts } from '../application/conduct-restarts.js';
import { KeepPreview } from '../application/keep-preview.js';
import { MoveGate } from '../application/move-gate.js';
import { RestartVm } from '../application/restart-vm.js';
import { ReviewAddresses } from '../application/review-addresses.js';
import { RunFraudCheck } from '../application/run-fraud-check.js';
import { SendNotification } from '../application/send-notification.js';
import { UndoLateStop } from '../application/undo-late-stop.js';
import type { Effect, EffectType } from '../domain/effects.js';
import type { EffectLease } from '../domain/ports/effect-store.js';

/** What carries out one type of effect. */
export interface EffectVerb<T extends EffectType> {
  run(effect: Extract<Effect, { readonly type: T }>, lease: EffectLease): Promise<void>;
}

/** What looks without changing anything outside. */
@Injectable()
export class LookingVerbs {
  constructor(
    readonly fraudCheck: RunFraudCheck,
    readonly controlProof: CheckControlProof,
    readonly preview: KeepPreview,
    readonly addresses: ReviewAddresses,
  ) {}
}

/** What calls for power operations on machines. */
@Injectable()
export class PowerVerbs {
  constructor(
    readonly restartVm: RestartVm,
    readonly undoLateStop: UndoLateStop,
  ) {}
}

/** What tells somebody. */
@Injectable()
export class TellingVerbs {
  constructor(
    readonly notify: SendNotification,
    readonly callEngineer: CallEngineer,
  ) {}
}

/** Every effect has its verb: one that had none would not compile. */
@Injectable()
export class JobRegistry {
  private readonly verbs: { readonly [T in EffectType]: EffectVerb<T> };

  constructor(
    moveGate: MoveGate,
    conduct: ConductRestarts,
    power: PowerVerbs,
    looking: LookingVerbs,
    telling: TellingVerbs,
  ) {
    this.verbs = {
      'move-gate': moveGate,
      'conduct-restarts': conduct,
      'restart-vm': power.restartVm,
      'undo-late-stop': power.undoLateStop,
      'run-fraud-check': looking.fraudCheck,
      'check-control-proof': looking.controlProof,
      'preview-restarts': looking.preview,
      'review-addresses': looking.addresses,
      'send-notification': telling.notify,
      'call-engineer': telling.callEngineer,
    };
  }

  /** Carries one effect out, under its lease. */
  carryOut(effect: Effect, lease: EffectLease): Promise<void> {
    // The mapped type ties effect and verb by `type`; TypeScript cannot follow that through an index.
    return (this.verbs[effect.type] as EffectVerb<EffectType>).run(effect, lease);
  }
}
