import { Injectable } from '@nestjs/common';
import { systemActor } from '../domain/access/actor.js';
import type { Effect } from '../domain/effects.js';
import {
  type AddressReview,
  looked,
  missed,
  mostReviewed,
  newsOfAddresses,
  nextReviewAt,
  type ReviewedAddress,
  type Seen,
  waitsUntil,
} from '../domain/enforcement/address-review.js';
import { namedWithAddress } from '../domain/enforcement/address-words.js';
import { type Found, type NewAddress, newAddressesOf } from '../domain/enforcement/new-addresses.js';
import { presentRestarts } from '../domain/enforcement/situation.js';
import { subjectOf } from '../domain/enforcement/subject-words.js';
import type { Instant } from '../domain/instants.js';
import type { Exemption } from '../domain/exemption/exemption.js';
import { addressNotInSpf } from '../domain/fraud/address-not-in-spf.js';
import { ipOnBlocklist } from '../domain/fraud/checks/ip-on-blocklist.check.js';
import { missingReverseDns } from '../domain/fraud/checks/missing-reverse-dns.check.js';
import { senderDomainUnready } from '../domain/fraud/checks/sender-domain-unready.check.js';
import type { SendingFacts } from '../domain/fraud/fraud-check.js';
import { CheckWorld } from '../domain/ports/check-world.js';
import { Clock } from '../domain/ports/clock.js';
import type { EffectLease } from '../domain/ports/effect-store.js';
import { RestartScenes } from '../domain/ports/restart-scenes.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { BoundedDns } from './bounded-dns.js';
import { nothingSaid } from './nothing-said.js';
import { toOwner } from './tell-owner.js';

const actor = systemActor('review-addresses');
/** Nobody waits for it: a large subscription's listings may take their time. */
const patienceMs = 60_000;
const ofAddress = [missingReverseDns, ipOnBlocklist];

/** An effective exemption, the places of its machines that were restarted, and what is sent from them. */
interface Subject {
  readonly exemption: Exemption;
  readonly places: ReadonlyMap<string, string>;
  readonly sending: SendingFacts;
  /** Null where it is looked at once. */
  readonly waitsUntil: Instant | null;
}

/**
 * Asks DNS again once an exemption has become effective: a stop released the dynamic public
 * addresses of its machines, and reverse DNS, SPF and blocklists were looked at for the ones of before. It grants and
 * denies nothing: the owner reads what is to be set anew, staff reads what was found. Where something is not ready it
 * comes back for a week.
 */
@Injectable()
export class ReviewAddresses {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly scenes: RestartScenes,
    private readonly world: CheckWorld,
    private readonly clock: Clock,
  ) {}

  async run(
    { exemptionId }: Extract<Effect, { readonly type: 'review-addresses' }>,
    lease: EffectLease,
  ): Promise<void> {
    const subject = await this.unitOfWork.read({ actor }, (tx) => this.subjectOf(tx, exemptionId));
    if (subject !== null && subject.waitsUntil !== null) return this.comeBack(subject.waitsUntil, lease);
    const isAsked = subject !== null && subject.places.size > 0;
    const review = isAsked ? await this.reviewOf(subject) : null;
    await this.unitOfWork.run({ actor, traceId: null, lease }, async (tx) => {
      const now = this.clock.now();
      const present = await tx.exemptions.find({ kind: 'platform' }, exemptionId, now);
      if (present?.state === 'effective' && present.fence !== subject?.exemption.fence)
        return tx.effects.settle({ kind: 'again', dueAt: now });
      if (review === null || present?.state !== 'effective') {
        await tx.addressReviews.remove(exemptionId);
        return tx.effects.settle({ kind: 'done' });
      }
      const kept = await this.keep(tx, present, review);
      const dueAt = nextReviewAt(kept, now);
      await tx.effects.settle(dueAt === null ? { kind: 'done' } : { kind: 'again', dueAt });
    });
  }

  private comeBack(dueAt: Instant, lease: EffectLease): Promise<void> {
    const settlement = { kind: 'again', dueAt } as const;
    return this.unitOfWork.run({ actor, traceId: null, lease }, (tx) => tx.effects.settle(settlement));
  }

  /** Null where the exemption is not effective, or not any more. Read before anything outside is asked. */
  private async subjectOf(tx: Transaction, exemptionId: string): Promise<Subject | null> {
    const now = this.clock.now();
    const exemption = await tx.exemptions.find({ kind: 'platform' }, exemptionId, now);
    if (exemption?.state !== 'effective') return null;
    const restarts = presentRestarts({ exemption, restarts: await tx.restarts.ofExemption(exemptionId) });
    const machines = await tx.machines.ofSubscription(exemption.subscriptionId);
    const restarted = new Set(restarts.filter(({ state }) => state === 'restarted').map(({ vmId }) => vmId));
    const places = machines.filter(({ vmId, gone }) => !gone && restarted.has(vmId));
    const particulars = await tx.particulars.find(exemption.requestId);
    const sending = particulars?.sending ?? { ...nothingSaid, dailyVolume: 0 };
    const before = await tx.addressReviews.find(exemptionId);
    return {
      exemption,
      waitsUntil: waitsUntil(restarts, before?.fence === exemption.fence ? before : null, now),
      places: new Map(places.map(({ resourceId, name }) => [resourceId.toLowerCase(), name])),
      sending,
    };
  }

  /** Null where no machine came back with another address; a code where the cloud did not say. */
  private async reviewOf({ exemption, places, sending }: Subject): Promise<Looked> {
    const scene = await this.scenes.lookAnew(exemption.subscriptionId, patienceMs);
    const found = newAddressesOf(scene, { tenantId: exemption.tenantId, places });
    if (found.kind === 'unseen') return found.code;
    if (found.kind !== 'seen') return null;
    const isNone = [found.addresses, found.pending, found.unlisted].every(({ length }) => length === 0);
    return isNone ? null : { found, seen: await this.lookAt(found.addresses, sending) };
  }

  /**
   * Last what may lead anywhere: a domain whose SPF record names a thousand others takes the questions of nothing else. An
   * address for which none is left is told as one that was not looked at.
   */
  private async lookAt(found: readonly NewAddress[], sending: SendingFacts): Promise<Seen> {
    const asOf = this.clock.now();
    const dns = new BoundedDns(this.world.sources().dns, this.clock);
    const sources = { ...this.world.sources(), dns };
    const about = ({ address }: NewAddress) => ({
      asOf,
      sending: { ...sending, publicAddresses: [address] },
    });
    const asked: ReviewedAddress[] = [];
    for (const one of found.slice(0, mostReviewed)) {
      if (dns.isSpent()) break;
      const findings = await Promise.all(ofAddress.map((check) => check.look(about(one), sources)));
      asked.push({ ...one, findings });
    }
    const domains = await senderDomainUnready.look({ asOf, sending }, sources);
    const addresses: ReviewedAddress[] = [];
    for (const one of asked) {
      const ofSpf = await addressNotInSpf.look(about(one), sources);
      addresses.push({ ...one, findings: [...one.findings, ofSpf] });
    }
    return { lookedAt: asOf, addresses, domains, more: found.length - addresses.length };
  }

  private async keep(
    tx: Transaction,
    exemption: Exemption,
    result: NonNullable<Looked>,
  ): Promise<AddressReview> {
    const whose = { exemptionId: exemption.id, tenantId: exemption.tenantId, fence: exemption.fence };
    const before = await tx.addressReviews.find(exemption.id);
    if (typeof result === 'string') {
      const kept = missed(whose, before, result);
      await tx.addressReviews.save(kept);
      return kept;
    }
    const review = looked(whose, before, result.seen, result.found);
    await tx.addressReviews.save(review);
    const news = newsOfAddresses(before, review);
    if (news.length > 0) await tellOfAddresses(tx, exemption, news);
    return review;
  }
}

type Looked = { readonly seen: Seen; readonly found: Found } | string | null;

async function tellOfAddresses(
  tx: Transaction,
  exemption: Exemption,
  news: readonly NewAddress[],
): Promise<void> {
  const machines = subjectOf(news.length, news.map(namedWithAddress));
  await tx.timeline.tell({
    ...toOwner(exemption),
    event: 'addresses-not-ready',
    code: 'addresses-not-ready',
    facts: { machines, count: news.length, exemptionId: exemption.id },
  });
}
