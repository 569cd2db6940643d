import type { Exemption } from '../domain/exemption/exemption.js';
import type { Instant } from '../domain/instants.js';
import type { PolicyPack } from '../domain/policy/policy-pack.js';
import { reasonIsNotFor } from '../domain/policy/reason-grounds.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import type { ReasonUse } from '../domain/reason-text.js';
import { type Refusal, policyRefuses } from '../domain/refusals.js';
import { judgeRequestUnder, pinnedPack } from './judge-eligibility.js';

/** What a suspension or revocation is given with. */
export interface OrderedGround {
  readonly reasonCode: string;
  readonly violationId: string | null;
}

/** The decision that needs a ground, and when it is taken. */
export interface GroundOccasion {
  readonly use: Exclude<ReasonUse, 'denial'>;
  readonly packInForce: PolicyPack;
  readonly now: Instant;
}

/**
 * The ground of a suspension or revocation: a reason code that is made for it and is not known to be false and, where a
 * violation is named, one that was confirmed and is this exemption's. Throws 422 with everything that does not stand.
 */
export async function groundMustStand(
  tx: Transaction,
  exemption: Exemption,
  ground: OrderedGround,
  occasion: GroundOccasion,
): Promise<string> {
  const refusals = [
    reasonIsNotFor(occasion.use, ground.reasonCode) ??
      (await contradictionOf(tx, exemption, ground.reasonCode, occasion)),
    await violationProblem(tx, exemption, ground.violationId),
  ].filter((refusal) => refusal !== null);
  if (refusals.length > 0) throw policyRefuses(refusals);
  return ground.reasonCode;
}

/** Codes that say what policy says are taken only where policy, run now, says it; the others are judgement. */
async function contradictionOf(
  tx: Transaction,
  exemption: Exemption,
  code: string,
  { packInForce, now }: GroundOccasion,
): Promise<Refusal | null> {
  if (code === 'offer-changed') {
    if (await refusesByOffer(tx, exemption, pinnedPack(exemption.pack), now)) return null;
    return {
      code: 'reason-contradicted',
      message: `"offer-changed" is not true of this exemption: under ${exemption.pack}, with which it was granted, the registered offer may still be exempted and the same party asks.`,
      nextStep: 'Have the registered facts corrected first, or give another reason.',
    };
  }
  const ofHands = await contradictionOfHands(tx, exemption, code);
  if (ofHands !== null) return ofHands;
  if (code !== 'policy-changed') return null;
  const isOther = packInForce.id !== exemption.pack;
  if (isOther && (await refusesByOffer(tx, exemption, packInForce, now))) return null;
  return {
    code: 'reason-contradicted',
    message: isOther
      ? `"policy-changed" is not true of this exemption: ${packInForce.id}, which is in force, would grant it too.`
      : `"policy-changed" is not true of this exemption: ${exemption.pack}, with which it was granted, is still in force.`,
    nextStep: 'Give another reason.',
  };
}

/** That a subscription changed hands is marked where it was registered: a code that says so needs the mark. */
async function contradictionOfHands(
  tx: Transaction,
  { id, requestId }: Exemption,
  code: string,
): Promise<Refusal | null> {
  const asFiler = { kind: 'partner', tenantId: '' } as const;
  const since =
    code === 'subscription-moved'
      ? await tx.exemptions.movedAt(id)
      : code === 'reseller-changed'
        ? await tx.requests.seenUntil(asFiler, requestId)
        : code;
  if (since !== null) return null;
  return {
    code: 'reason-contradicted',
    message: `"${code}" is not true of this exemption: its subscription did not change hands since it was granted.`,
    nextStep: 'Have the registered facts corrected first, or give another reason.',
  };
}

/** Whether a pack would not grant it any more by the offer: never, by another party, or nobody can say. */
async function refusesByOffer(
  tx: Transaction,
  { requestId, subscriptionId }: Exemption,
  pack: PolicyPack,
  now: Instant,
): Promise<boolean> {
  const request = await tx.requests.find({ kind: 'platform' }, requestId, now);
  const subscription = await tx.subscriptions.find({ kind: 'platform' }, subscriptionId, now);
  if (request === null || subscription === null) return false;
  const { classification, refusals, requester } = await judgeRequestUnder(
    tx,
    request,
    subscription,
    pack,
    now,
  );
  if (requester === null && classification.kind !== 'known') return true;
  return refusals.some(({ code }) => offerRefusals.has(code));
}

const offerRefusals: ReadonlySet<string> = new Set([
  'offer-never-eligible',
  'partner-must-request',
  'customer-must-request',
  'not-the-reseller',
]);

async function violationProblem(
  tx: Transaction,
  exemption: Exemption,
  violationId: string | null,
): Promise<Refusal | null> {
  if (violationId === null) return null;
  const violation = await tx.violations.find(violationId);
  if (violation?.state === 'confirmed' && violation.exemptionId === exemption.id) return null;
  return {
    code: 'violation-not-confirmed',
    message: 'The violation that is named is not a confirmed one of this exemption.',
    nextStep: 'Confirm it first, or leave violationId out.',
  };
}
