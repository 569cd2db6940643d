import { actorRef, type Actor, type ActorRef } from '../domain/access/actor.js';
import { exemptionLifecycle } from '../domain/exemption/exemption.lifecycle.js';
import { type Exemption, groundsOf } from '../domain/exemption/exemption.js';
import type { Instant } from '../domain/instants.js';
import {
  movedToAnotherTenant,
  policyChangeAfterGrant,
  resellerChanged,
  troubleOfFacts,
} from '../domain/policy/change-after-grant.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { requestLifecycle } from '../domain/request/request.lifecycle.js';
import type { SubscriptionFacts } from '../domain/subscription/subscription.js';
import { applyEvent } from './apply-event.js';
import { noteProblem } from './conduct-note.js';
import { pinnedPack } from './judge-eligibility.js';
import { suspend } from './order-exemption.js';
import { toOwner } from './tell-owner.js';

/** Facts before and after they were registered anew. */
export interface ChangedFacts {
  readonly before: SubscriptionFacts;
  readonly after: SubscriptionFacts;
}

/** What a follow-up brings along: the moment, and where ids come from. */
export interface FollowUpContext {
  readonly now: Instant;
  readonly nextId: () => string;
}

/**
 * What a change of hands does to an undecided request (docs/policy.md): it ends, so that whoever owns or sells the
 * subscription now may file at once. The subscription is held.
 */
export async function followUpOnRequest(
  tx: Transaction,
  { before, after }: ChangedFacts,
  now: Instant,
): Promise<void> {
  const live = await tx.requests.findLive(after.subscriptionId);
  const request = live === null ? null : await tx.requests.lock({ kind: 'platform' }, live.id, now);
  if (request === null || request.endedAt !== null) return;
  const reasonCode = changeOfHands({ before, after }, request.tenantId, request.filedBy);
  if (reasonCode === null) return;
  const event = { type: 'endedByPolicy', reasonCode } as const;
  await applyEvent(tx, requestLifecycle, request, request.id, event, { actor: policy, now });
  await tx.claims.release(request.id);
}

/**
 * What a change of registered facts does to a live exemption (docs/policy.md): another tenant, another reseller, or an
 * offer that would not be granted any more, suspends it by policy and leaves running machines alone; what nobody can
 * classify becomes a task for a human. State and billing never suspend by themselves, and changing back reinstates
 * nothing. What is seen while it is suspended is kept with the suspension.
 */
export async function followUpOnGrant(
  tx: Transaction,
  facts: ChangedFacts,
  context: FollowUpContext,
): Promise<void> {
  const live = await tx.exemptions.findLive(facts.after.subscriptionId);
  const exemption =
    live === null ? null : await tx.exemptions.lock({ kind: 'platform' }, live.id, context.now);
  if (exemption === null) return;
  switch (exemption.state) {
    case 'enabling':
    case 'effective':
      return followUpOnRight(tx, exemption, facts, context);
    case 'suspended':
      return followUpOnSuspension(tx, exemption, facts, context);
    case 'revoking':
    case 'expiring':
      return tellWhoeverLeft(tx, exemption, facts);
    case 'revoked':
    case 'expired':
      return undefined;
  }
}

async function followUpOnRight(
  tx: Transaction,
  exemption: Exemption,
  facts: ChangedFacts,
  context: FollowUpContext,
): Promise<void> {
  const [ground, ...others] = await groundsAgainst(tx, exemption, facts, context.now);
  if (ground === undefined) return;
  if (ground === 'offer-ambiguous') return callHuman(tx, exemption, ground, context);
  const { now } = context;
  const why = { reasonCode: ground, violationId: null, textId: null, closeRunning: false };
  const suspended = await suspend(tx, exemption, why, { actor: policy, now });
  await keepGrounds(tx, suspended, others, now);
}

/** A right that is suspended may be given back: what speaks against it meanwhile is not forgotten. */
async function followUpOnSuspension(
  tx: Transaction,
  exemption: Exemption,
  facts: ChangedFacts,
  { now }: FollowUpContext,
): Promise<void> {
  const { before, after } = facts;
  const known = troubleOfFacts(before);
  const troubles = troubleOfFacts(after).filter((code) => !known.includes(code));
  await keepGrounds(tx, exemption, [...(await groundsAgainst(tx, exemption, facts, now)), ...troubles], now);
}

async function keepGrounds(
  tx: Transaction,
  exemption: Exemption,
  codes: readonly string[],
  now: Instant,
): Promise<void> {
  let current = exemption;
  for (const reasonCode of codes) {
    if (current.suspension !== null && groundsOf(current.suspension).includes(reasonCode)) continue;
    const event = { type: 'groundSeen', reasonCode } as const;
    current = await applyEvent(tx, exemptionLifecycle, current, current.id, event, { actor: policy, now });
  }
}

/** The end of a right goes on whoever owns the subscription; who owned it is told that nothing more is shown of it. */
async function tellWhoeverLeft(tx: Transaction, exemption: Exemption, { before, after }: ChangedFacts) {
  if (!movedToAnotherTenant(exemption, after) || !movedToAnotherTenant(before, after)) return;
  const code = 'subscription-moved';
  await tx.timeline.tell({ ...toOwner(exemption), event: code, code, facts: {} });
}

/** Why the right does not stand any more, or what nobody can say of it, the weightiest first. */
async function groundsAgainst(
  tx: Transaction,
  exemption: Exemption,
  facts: ChangedFacts,
  now: Instant,
): Promise<readonly string[]> {
  const request = await tx.requests.find({ kind: 'platform' }, exemption.requestId, now);
  if (request === null) throw new Error('an exemption without its request');
  const hands = changeOfHands(facts, exemption.tenantId, request.filedBy);
  const askedBy = request.filedBy.kind === 'partner' ? 'partner' : 'customer';
  const change = policyChangeAfterGrant(facts.before, facts.after, pinnedPack(exemption.pack), askedBy);
  const ofPolicy = change === 'none' ? null : 'suspend' in change ? change.suspend : change.humanTask;
  return [hands, ofPolicy].filter((code) => code !== null);
}

/** Compared with whom it was made for, not with the facts before: what an earlier registration missed is made up for. */
function changeOfHands(
  { before, after }: ChangedFacts,
  tenantId: string,
  filedBy: ActorRef,
): 'subscription-moved' | 'reseller-changed' | null {
  if (movedToAnotherTenant({ tenantId }, after)) return 'subscription-moved';
  return resellerChanged(before, after, filedBy) ? 'reseller-changed' : null;
}

/** The note on the request stays; the one on the machines' page is renewed by every look at them. */
async function callHuman(
  tx: Transaction,
  exemption: Exemption,
  code: string,
  { now, nextId }: FollowUpContext,
): Promise<void> {
  const { tenantId, fence } = exemption;
  const problem = { code, message: lookAgain };
  await noteProblem(tx, { exemptionId: exemption.id, tenantId, fence }, problem, now, true);
  const noteId = nextId();
  const textId = nextId();
  await tx.texts.save([{ id: textId, tenantId, about: 'note', aboutId: noteId, text: lookAgain }]);
  const by = actorRef(policy);
  await tx.notes.add({ id: noteId, requestId: exemption.requestId, by, at: now, textId });
  await tx.audit('exemption.human-needed', { type: 'exemption', id: exemption.id }, { code });
}

const policy: Actor = { kind: 'policy' };
const lookAgain =
  'The offer changed to one that the registered facts do not settle. A human has to look whether the exemption stands.';
