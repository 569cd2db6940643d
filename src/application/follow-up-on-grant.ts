import { actorRef, type Actor } from '../domain/access/actor.js';
import type { Exemption } from '../domain/exemption/exemption.js';
import type { Instant } from '../domain/instants.js';
import { movedToAnotherTenant, policyChangeAfterGrant } from '../domain/policy/change-after-grant.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import type { SubscriptionFacts } from '../domain/subscription/subscription.js';
import { noteProblem } from './conduct-note.js';
import { pinnedPack } from './judge-eligibility.js';
import { suspend } from './order-exemption.js';

/**
 * What a change of registered facts does to a live exemption (docs/policy.md): another tenant, or an offer that would
 * not be granted any more, suspends it by policy and leaves running machines alone; what nobody can classify becomes a
 * task for a human. State and billing never suspend by themselves, and changing back reinstates nothing.
 */
export async function followUpOnGrant(
  tx: Transaction,
  before: SubscriptionFacts,
  after: SubscriptionFacts,
  { now, nextId }: FollowUpContext,
): Promise<void> {
  const live = await tx.exemptions.findLive(after.subscriptionId);
  const exemption = live === null ? null : await tx.exemptions.lock({ kind: 'platform' }, live.id, now);
  if (exemption === null || (exemption.state !== 'enabling' && exemption.state !== 'effective')) return;
  if (movedToAnotherTenant(before, after)) return suspendByPolicy(tx, exemption, 'policy-changed', now);
  const request = await tx.requests.find({ kind: 'platform' }, exemption.requestId, now);
  const askedBy = request?.filedBy.kind === 'partner' ? 'partner' : 'customer';
  const change = policyChangeAfterGrant(before, after, pinnedPack(exemption.pack), askedBy);
  if (change === 'none') return;
  if ('suspend' in change) return suspendByPolicy(tx, exemption, change.suspend, now);
  await callHuman(tx, exemption, change.humanTask, { now, nextId });
}

/** The note on the request stays; the one on the machines' page is renewed by every look at them. */
async function callHuman(
  tx: Transaction,
  exemption: Exemption,
  code: string,
  { now, nextId }: FollowUpContext,
): Promise<void> {
  const { tenantId, fence } = exemption;
  await noteProblem(
    tx,
    { exemptionId: exemption.id, tenantId, fence },
    { code, message: lookAgain },
    now,
    true,
  );
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

/** What a follow-up brings along: the moment, and where ids come from. */
export interface FollowUpContext {
  readonly now: Instant;
  readonly nextId: () => string;
}

async function suspendByPolicy(
  tx: Transaction,
  exemption: Exemption,
  reasonCode: string,
  now: Instant,
): Promise<void> {
  const ground = { reasonCode, violationId: null, textId: null, closeRunning: false };
  await suspend(tx, exemption, ground, { actor: policy, now });
}
