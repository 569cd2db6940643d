import type { Caller } from '../../domain/access/actor.js';
import type { Blocker } from '../../domain/enforcement/restart.js';
import type { Instant } from '../../domain/instants.js';
import {
  stateOfProof,
  tagNameOf,
  type ControlProof,
  type ControlProofState,
} from '../../domain/subscription/control-proof.js';

/** A proof of control as customers and partners see it. */
export interface ControlProofView {
  readonly id: string;
  readonly subscriptionId: string;
  readonly state: ControlProofState;
  readonly askedBy: 'you' | 'customer' | 'partner';
  /** What to put on the subscription; null once nobody looks for it any more. */
  readonly tag: { readonly name: string; readonly value: string } | null;
  readonly askedAt: Instant;
  readonly expiresAt: Instant;
  readonly checkedAt: Instant | null;
  readonly provenAt: Instant | null;
  readonly problem: Blocker | null;
}

/** The same for platform staff: whether it was shown, and never with what. */
export type ControlProofReview = Omit<ControlProofView, 'tag' | 'askedBy'>;

/** The tag is for those who can put it there: platform staff are not among them. */
export function presentProof(proof: ControlProof, caller: Caller, now: Instant): ControlProofView {
  const { tenantId, provesFor, nonce } = proof;
  const review = reviewProof(proof, now);
  const isShown = review.state === 'awaiting-tag' && caller.tenantKind !== 'platform';
  const party = provesFor === tenantId ? 'customer' : 'partner';
  return {
    ...review,
    askedBy: provesFor === caller.tenantId ? 'you' : party,
    tag: isShown ? { name: tagNameOf(proof), value: nonce } : null,
  };
}

export function reviewProof(proof: ControlProof, now: Instant): ControlProofReview {
  const { id, subscriptionId, askedAt, expiresAt, checkedAt, provenAt, problem } = proof;
  const state = stateOfProof(proof, now);
  return { id, subscriptionId, state, askedAt, expiresAt, checkedAt, provenAt, problem };
}
