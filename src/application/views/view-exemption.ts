import type { Caller } from '../../domain/access/actor.js';
import type { AddressReview } from '../../domain/enforcement/address-review.js';
import type { Exemption } from '../../domain/exemption/exemption.js';
import { suspensionWords } from '../../domain/exemption/suspension-words.js';
import type { Gate } from '../../domain/gate/gate.js';
import type { ConductNote } from '../../domain/ports/record-stores.js';
import type { Transaction } from '../../domain/ports/unit-of-work.js';
import { findingsOf, presentAddressReview, reviewFor } from './address-review-view.js';
import type { AdminExemptionView, ExemptionView, GateView } from './exemption-view.js';
import { conditionsIn } from './conditions.js';
import { linkTo } from './links.js';
import { audienceOf, reasonsFor } from './reason-view.js';
import { waitAfterRevocation } from '../../domain/policy/cooling-down.js';
import { progressOfExemption } from './request-view.js';

type Receipts = Awaited<ReturnType<Transaction['receipts']['of']>>;

interface Surroundings {
  readonly gate: Gate | null;
  readonly note: ConductNote | null;
  readonly texts: ReadonlyMap<string, string>;
  readonly receipts: Receipts;
  readonly review: AddressReview | null;
}

/** Reads what stands around an exemption, and shows it to its requester. The scope was checked before. */
export async function viewExemption(
  tx: Transaction,
  exemption: Exemption,
  caller: Caller,
): Promise<ExemptionView> {
  return present(tx, exemption, caller, await around(tx, exemption));
}

/** The same for platform staff, with who did what and why. */
export async function viewExemptionForStaff(
  tx: Transaction,
  exemption: Exemption,
  caller: Caller,
): Promise<AdminExemptionView> {
  const surroundings = await around(tx, exemption);
  const { gate, note, texts, review } = surroundings;
  const ground = exemption.revocation ?? exemption.suspension;
  const first = exemption.suspension?.firstReinstatement ?? null;
  return {
    ...(await present(tx, exemption, caller, surroundings)),
    grantedBy: exemption.grantedBy,
    fence: exemption.fence,
    theirFence: gate?.theirFence ?? null,
    suspendedBy: exemption.suspension?.by ?? null,
    firstReinstatement: first === null ? null : { by: first.by, at: first.at },
    movedAt: await tx.exemptions.movedAt(exemption.id),
    revokedBy: exemption.revocation?.by ?? null,
    violationId: ground?.violationId ?? null,
    internalReason: textOf(texts, ground?.textId ?? null),
    humanNeededSince: note?.humanNeededSince ?? null,
    humanNeededFor: note?.humanNeededFor ?? null,
    lastLookedAt: note?.lastLookedAt ?? null,
    logReadAt: note?.logReadAt ?? null,
    logProblem: note?.logProblem ?? null,
    addressFindings: findingsOf(review),
  };
}

async function around(tx: Transaction, exemption: Exemption): Promise<Surroundings> {
  const gate = await tx.gates.find(exemption.subscriptionId);
  const note = await tx.conduct.find(exemption.id);
  const { conditionsTextId, firstConditionsTextId } = exemption;
  const ids = [
    conditionsTextId,
    firstConditionsTextId,
    (exemption.revocation ?? exemption.suspension)?.textId,
  ];
  const known = ids.filter((id) => id !== null && id !== undefined);
  return {
    // A later exemption of the subscription has taken the gate over: it says nothing of this one any more.
    gate: gate?.exemptionId === exemption.id ? gate : null,
    note: note?.fence === exemption.fence ? note : null,
    review: await reviewFor(tx, exemption),
    receipts: await tx.receipts.of('exemption', exemption.id),
    texts: known.length === 0 ? new Map<string, string>() : await tx.texts.find(known),
  };
}

async function present(
  tx: Transaction,
  exemption: Exemption,
  caller: Caller,
  surroundings: Surroundings,
): Promise<ExemptionView> {
  const { gate, note, texts, review } = surroundings;
  return {
    id: exemption.id,
    version: exemption.version,
    subscriptionId: exemption.subscriptionId,
    customerTenantId: exemption.tenantId,
    requestId: exemption.requestId,
    state: exemption.state,
    pack: exemption.pack,
    grantedAt: exemption.grantedAt,
    effectiveAt: exemption.effectiveAt,
    expiresOn: exemption.expiresOn,
    endedAt: exemption.endedAt,
    conditions: conditionsIn(texts, exemption.firstConditionsTextId, exemption.conditionsTextId),
    gate: gate === null ? null : presentGate(gate),
    progress: await progressOfExemption(tx, exemption),
    restartPlan: exemption.restartPlan,
    stillOpen: note?.stillOpen ?? null,
    problem: note?.problem ?? null,
    addressReview: presentAddressReview(review),
    ...presentEnds(exemption, caller, surroundings),
    links: {
      self: linkTo.exemption(exemption.id),
      request: linkTo.request(exemption.requestId),
      subscription: linkTo.subscription(exemption.subscriptionId),
      virtualMachines: linkTo.machines(exemption.id),
      restartPlan: linkTo.restartPlan(exemption.id),
    },
  };
}

function presentGate({ state, position, fence, orderedAt, movedAt, appliesTo }: Gate): GateView {
  return { state, position, fence, orderedAt, movedAt, appliesTo };
}

function presentEnds(
  { state, suspension, revocation, pack, endedAt }: Exemption,
  caller: Caller,
  { gate, note, receipts }: Surroundings,
): Pick<ExemptionView, 'suspension' | 'reinstatement' | 'revocation'> {
  const reinstated = receipts.get('reinstated');
  return {
    suspension:
      suspension === null
        ? null
        : {
            at: suspension.at,
            closeRunning: suspension.closeRunning,
            // What was suspended when it ended is closed as any other: the words would go on about what is over.
            message:
              state === 'suspended' ? suspensionWords(suspension, gate?.state ?? null, seenOf(note)) : null,
            reasons: reasonsFor(suspension.reasonCode, audienceOf(caller), { occasion: 'suspension' }),
            grounds: (suspension.grounds ?? []).map(({ at, reasonCode }) => ({
              at,
              reasons: reasonsFor(reasonCode, audienceOf(caller), { occasion: 'suspension' }),
            })),
            receipt: receipts.get('suspended')?.receipt ?? null,
          },
    reinstatement: reinstated === undefined ? null : { at: reinstated.at, receipt: reinstated.receipt },
    revocation:
      revocation === null
        ? null
        : {
            at: revocation.at,
            reasons: reasonsFor(revocation.reasonCode, audienceOf(caller), {
              occasion: 'revocation',
              ...waitAfterRevocation(pack, endedAt, revocation.reasonCode),
            }),
            receipt: receipts.get('revoked')?.receipt ?? null,
          },
  };
}

function seenOf(note: ConductNote | null) {
  if (note === null || note.stillOpen === null || note.stillOpenSeenAt === null) return null;
  return { stillOpen: note.stillOpen, seenAt: note.stillOpenSeenAt };
}

function textOf(texts: ReadonlyMap<string, string>, id: string | null): string | null {
  return id === null ? null : (texts.get(id) ?? null);
}
