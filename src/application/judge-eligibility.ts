import type { Caller } from '../domain/access/actor.js';
import type { Exemption } from '../domain/exemption/exemption.js';
import type { Instant } from '../domain/instants.js';
import { coolingDownUntil } from '../domain/policy/cooling-down.js';
import { type Eligibility, explainEligibility } from '../domain/policy/eligibility.js';
import { findPolicyPack } from '../domain/policy/packs/index.js';
import type { PolicyPack } from '../domain/policy/policy-pack.js';
import type { Asker } from '../domain/policy/rules.js';
import type { SubscriptionStanding } from '../domain/ports/registry-stores.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { conflicts, policyRefuses, type Refusal } from '../domain/refusals.js';
import type { ExemptionRequest } from '../domain/request/request.js';
import type { SubscriptionFacts } from '../domain/subscription/subscription.js';
import { isStillRelated } from './still-related.js';

/** Who asks, and what they say of relays. `apartFrom` is the request that is judged itself, and is no conflict. */
export interface Asking {
  readonly requester: Asker | null;
  readonly relayCannotBeUsed: boolean | null;
  readonly apartFrom: string | null;
}

/** Judges a registered subscription under a pack, with everything that this product remembers of it. */
export async function judgeEligibility(
  tx: Transaction,
  subscription: SubscriptionFacts,
  pack: PolicyPack,
  asking: Asking,
  asOf: Instant,
): Promise<Eligibility> {
  const { subscriptionId, offer, createdAt, state, partnerTenantId, billing } = subscription;
  const standing = await tx.subscriptions.standingUnscoped(subscriptionId);
  return explainEligibility({
    pack,
    offer,
    createdAt,
    state,
    partnerTenantId,
    billing,
    asOf,
    requester: asking.requester,
    relayCannotBeUsed: asking.relayCannotBeUsed,
    coolingDownUntil: coolingDownOf(standing, pack),
    live: {
      request: standing.liveRequestId !== null && standing.liveRequestId !== asking.apartFrom,
      exemption: standing.liveExemption?.isOfFormerPartner === false,
      formerExemption: standing.liveExemption?.isOfFormerPartner === true,
    },
  });
}

/** The same for a request that was filed: by who filed it then, as they stand to the customer now, with its own pack. */
export async function judgeRequest(
  tx: Transaction,
  request: ExemptionRequest,
  subscription: SubscriptionFacts,
  asOf: Instant,
): Promise<Eligibility> {
  return judgeRequestUnder(tx, request, subscription, pinnedPack(request.pack), asOf);
}

/** The same with another pack than the request's own. */
export async function judgeRequestUnder(
  tx: Transaction,
  request: ExemptionRequest,
  subscription: SubscriptionFacts,
  pack: PolicyPack,
  asOf: Instant,
): Promise<Eligibility> {
  const asking: Asking = {
    requester: await askerOfRequest(tx, request, asOf),
    relayCannotBeUsed: request.relayCannotBeUsed,
    apartFrom: request.id,
  };
  return judgeEligibility(tx, subscription, pack, asking, asOf);
}

/** A former tenant's right stands in nobody's way but a grant's: there is one gate, and it has to be closed first (I2, I7). */
export async function isHeldByFormerOwner(
  tx: Transaction,
  { subscriptionId }: Pick<SubscriptionFacts, 'subscriptionId'>,
): Promise<boolean> {
  return (await tx.subscriptions.standingUnscoped(subscriptionId)).formerExemptionId !== null;
}

/**
 * A right that was granted, judged anew with the pack of its grant by the facts of now. What is about filing does not count:
 * the right itself is no conflict and waits for no cooling-down, and an offer that is open by now takes nothing away.
 */
export async function judgeRight(
  tx: Transaction,
  { requestId, pack }: Pick<Exemption, 'requestId' | 'pack'>,
  subscription: SubscriptionFacts,
  asOf: Instant,
): Promise<readonly Refusal[]> {
  const request = await tx.requests.find({ kind: 'platform' }, requestId, asOf);
  if (request === null) throw new Error('an exemption without its request');
  const { refusals, port25Open } = explainEligibility({
    ...subscription,
    pack: pinnedPack(pack),
    asOf,
    requester: await askerOfRequest(tx, request, asOf),
    relayCannotBeUsed: request.relayCannotBeUsed,
    coolingDownUntil: null,
    live: { request: false, exemption: false, formerExemption: false },
  });
  return port25Open ? [] : refusals;
}

/** 422 with every refusal and every conflict; 409 where only conflicts stand in the way (docs/policy.md). */
export function mustBeEligible({ refusals, conflicts: inTheWay }: Eligibility): void {
  if (refusals.length > 0) throw policyRefuses([...refusals, ...inTheWay]);
  if (inTheWay.length > 0) throw conflicts(inTheWay);
}

/** A caller as policy sees it. In scope means: its own tenant's, or of a customer with an active relationship. */
export function askerOf({ tenantKind, tenantId }: Caller): Asker | null {
  return tenantKind === 'platform' ? null : { kind: tenantKind, tenantId, relatedToCustomer: true };
}

/** The pack of that id. A pinned pack that is gone is a defect: packs are append-only. */
export function pinnedPack(id: string): PolicyPack {
  const pack = findPolicyPack(id);
  if (pack === null) throw new Error(`there is no policy pack "${id}"`);
  return pack;
}

async function askerOfRequest(
  tx: Transaction,
  { filedBy, tenantId }: ExemptionRequest,
  now: Instant,
): Promise<Asker | null> {
  if (filedBy.tenantId === null) return null;
  if (filedBy.kind !== 'partner')
    return { kind: 'customer', tenantId: filedBy.tenantId, relatedToCustomer: true };
  return {
    kind: 'partner',
    tenantId: filedBy.tenantId,
    relatedToCustomer: await isStillRelated(tx, { filedBy, tenantId }, now),
  };
}

/** Counted from the completion of an end with blame: nobody shortens the wait by keeping a machine from being closed. */
function coolingDownOf({ lastDenial, lastBlamedAt }: SubscriptionStanding, pack: PolicyPack): Instant | null {
  const lastRevocation = lastBlamedAt === null ? null : { at: lastBlamedAt, applyAgainOn: null };
  return coolingDownUntil({ lastDenial, lastRevocation }, pack.thresholds);
}
