import type { Direction } from './enforcement/restart.js';
import type { TroubleKind } from './enforcement/troubles.js';
import type { Instant } from './instants.js';

/**
 * Everything that the domain may ask of the outside. An effect is committed with the state that asks for it,
 * carried out later by a worker, and comes back as an event; it carries ids only, because the queue is clear text.
 */
export type Effect =
  | {
      readonly type: 'run-fraud-check';
      readonly requestId: string;
      readonly round: number;
      readonly check: string;
    }
  | { readonly type: 'move-gate'; readonly subscriptionId: string; readonly fence: number }
  | { readonly type: 'conduct-restarts'; readonly exemptionId: string }
  | { readonly type: 'restart-vm'; readonly restartId: string }
  /** A stop of ours was taken although its worker had lost its lease: what it stopped is started again (I18). */
  | { readonly type: 'undo-late-stop'; readonly restartId: string; readonly takenAt: Instant }
  | { readonly type: 'check-control-proof'; readonly proofId: string }
  | { readonly type: 'preview-restarts'; readonly requestId: string }
  | { readonly type: 'review-addresses'; readonly exemptionId: string }
  /** Mails a line of a request's history; with sequence 0 the digest of what was held back for its contact. */
  | { readonly type: 'send-notification'; readonly requestId: string; readonly sequence: number }
  /** Machines of an exemption are in a trouble that takes a support engineer: which one, by its kind, cause and order. */
  | {
      readonly type: 'call-engineer';
      readonly exemptionId: string;
      readonly trouble: TroubleKind;
      readonly code: string;
      readonly direction: Direction;
      readonly fence: number;
    };

export type EffectType = Effect['type'];

/**
 * The order in which the relay takes due effects: smaller first. Closing a gate must not wait behind ten thousand
 * restarts (budget B7), a mail never delays a machine, and what is only looked at delays nothing.
 */
export const effectPriority: Readonly<Record<EffectType, number>> = {
  'move-gate': 0,
  'restart-vm': 2,
  'undo-late-stop': 2,
  'conduct-restarts': 3,
  'run-fraud-check': 4,
  'check-control-proof': 4,
  'call-engineer': 5,
  'send-notification': 5,
  'preview-restarts': 6,
  'review-addresses': 6,
};

/**
 * Effects that share an order key are carried out one after another, in the order of their commit (invariant
 * I10); null where order means nothing because the results commute.
 */
export function orderKeyOf(effect: Effect): string | null {
  switch (effect.type) {
    case 'move-gate':
      return `gate_${effect.subscriptionId}`;
    case 'send-notification':
      // A digest waits for the end of the day, and what comes after it must not wait with it.
      return effect.sequence === 0 ? null : `mail_${effect.requestId}`;
    case 'run-fraud-check':
    case 'check-control-proof':
    case 'preview-restarts':
    case 'review-addresses':
    case 'conduct-restarts':
    case 'restart-vm':
    case 'undo-late-stop':
    case 'call-engineer':
      return null;
  }
}

/**
 * Effects of which at most one is open at a time: asking again while one is open only makes it due at once. Null
 * where each is its own.
 */
export function singletonKeyOf(effect: Effect): string | null {
  switch (effect.type) {
    case 'conduct-restarts':
      return `conduct_${effect.exemptionId}`;
    case 'restart-vm':
      return `restart_${effect.restartId}`;
    case 'undo-late-stop':
      return `late_${effect.restartId}`;
    case 'run-fraud-check':
      return `check_${effect.requestId}_${String(effect.round)}_${effect.check}`;
    case 'check-control-proof':
      return `proof_${effect.proofId}`;
    case 'preview-restarts':
      return `preview_${effect.requestId}`;
    case 'review-addresses':
      return `addresses_${effect.exemptionId}`;
    case 'call-engineer': {
      const { exemptionId, trouble, code, direction, fence } = effect;
      return ['call', exemptionId, trouble, code, direction, String(fence)].join('_');
    }
    case 'send-notification':
      return effect.sequence === 0 ? `digest_${effect.requestId}` : null;
    case 'move-gate':
      return null;
  }
}
