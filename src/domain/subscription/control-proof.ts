import type { Blocker } from '../enforcement/restart.js';
import { isBefore, type Instant } from '../instants.js';
import type { SubscriptionAnswer } from '../ports/compute-control-plane.js';

/** Where a proof stands for its reader. `expired` follows from its time, and is never stored (docs/partners.md). */
export type ControlProofState = 'awaiting-tag' | 'proven' | 'failed' | 'expired';

/**
 * A proof that somebody controls a subscription: whoever can put a tag on it that only they were told. The nonce is
 * good for one subscription, one customer and one asking tenant, and for one proof.
 */
export interface ControlProof {
  readonly id: string;
  readonly subscriptionId: string;
  /** The customer: whose subscription it was when the proof was asked for. */
  readonly tenantId: string;
  /** The tenant that asked, and for which it proves. */
  readonly provesFor: string;
  readonly state: Exclude<ControlProofState, 'expired'>;
  readonly nonce: string;
  readonly askedAt: Instant;
  /** How long the tag is looked for; once it was seen, how long the proof is good. */
  readonly expiresAt: Instant;
  /** The last look that the cloud was asked for; null before the first one. */
  readonly checkedAt: Instant | null;
  readonly provenAt: Instant | null;
  /** Why it is not proven yet, or never will be. */
  readonly problem: Blocker | null;
}

/** What a look at the subscription says of a proof. */
export type Sight =
  | { readonly kind: 'seen' }
  | { readonly kind: 'not-yet'; readonly problem: Blocker }
  | { readonly kind: 'failed'; readonly problem: Blocker };

/** Where it stands at a moment. */
export function stateOfProof(
  { state, expiresAt }: Pick<ControlProof, 'state' | 'expiresAt'>,
  now: Instant,
): ControlProofState {
  return state !== 'failed' && !isBefore(now, expiresAt) ? 'expired' : state;
}

/** The name of the tag: of each proof its own, so that a partner's and its customer's can stand side by side. */
export function tagNameOf({ id }: Pick<ControlProof, 'id'>): string {
  return `postern-control-${id.slice(-12)}`;
}

/** Judges what the cloud answered. Only a tag that was read proves; who could not look concludes nothing (I17). */
export function sightOf(proof: ControlProof, answer: SubscriptionAnswer): Sight {
  switch (answer.kind) {
    case 'found':
      return answer.tenantId.toLowerCase() === proof.tenantId
        ? sightOfTags(proof, answer.tags)
        : { kind: 'failed', problem: anotherTenant };
    case 'not-found':
      return { kind: 'not-yet', problem: notThere };
    case 'refused':
      return { kind: 'not-yet', problem: mayNotLook };
    case 'unavailable':
      return { kind: 'not-yet', problem: couldNotLook };
  }
}

/** Names of tags are the same in any case, values are not. */
function sightOfTags(proof: ControlProof, tags: Readonly<Record<string, string>>): Sight {
  const name = tagNameOf(proof);
  const [, value = null] = Object.entries(tags).find(([key]) => key.toLowerCase() === name) ?? [];
  if (value === null) return { kind: 'not-yet', problem: noTag };
  return sameSecret(value, proof.nonce) ? { kind: 'seen' } : { kind: 'not-yet', problem: anotherValue };
}

/** Compares every character whatever the first ones were: the time that it takes tells nothing about the secret. */
function sameSecret(given: string, secret: string): boolean {
  let differs = given.length ^ secret.length;
  for (let index = 0; index < secret.length; index += 1) {
    differs |= (given.charCodeAt(index) || 0) ^ secret.charCodeAt(index);
  }
  return differs === 0;
}

const noTag: Blocker = {
  code: 'tag-not-there',
  message: 'The subscription does not carry the tag yet. Put it there; it is looked for again.',
};
const anotherValue: Blocker = {
  code: 'tag-differs',
  message: 'The tag is there with another value. Give it the value of this proof, exactly.',
};
const notThere: Blocker = {
  code: 'subscription-not-in-cloud',
  message: 'The cloud knows no such subscription. Check its id and state; it is looked for again.',
};
const mayNotLook: Blocker = {
  code: 'cloud-refuses',
  message: 'The platform may not read this subscription. Ask its operators; it is tried again.',
};
const couldNotLook: Blocker = {
  code: 'cloud-silent',
  message: 'The cloud did not answer. Nothing follows from that; it is asked again.',
};
const anotherTenant: Blocker = {
  code: 'cloud-tenant-differs',
  message:
    'The cloud says that the subscription belongs to another tenant than the one registered here. Have the registration mended, then ask for a new proof.',
};
export const proofGivenUp: Blocker = {
  code: 'look-given-up',
  message: 'Looking for the tag failed again and again. Ask for a new proof.',
};
