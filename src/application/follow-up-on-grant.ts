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
  now: Instant,
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
  const problem = {
    code: change.humanTask,
    message:
      'The offer changed to one that the registered facts do not settle. A human has to look whether the exemption stands.',
  };
  await noteProblem(
    tx,
    { exemptionId: exemption.id, tenantId: exemption.tenantId, fence: exemption.fence },
    problem,
    now,
    true,
  );
  await tx.audit(
    'exemption.human-needed',
    { type: 'exemption', id: exemption.id },
    { code: change.humanTask },
  );
}

async function suspendByPolicy(
  tx: Transaction,
  exemption: Exemption,
  reasonCode: string,
  now: Instant,
): Promise<void> {
  const ground = { reasonCode, violationId: null, textId: null, closeRunning: false };
  await suspend(tx, exemption, ground, { actor: { kind: 'policy' }, now });
}
