import { statusOf, type RequestStatus } from '../../domain/derived/status.js';
import type { Instant } from '../../domain/instants.js';
import type {
  PortfolioCount,
  PortfolioCustomer,
  Waiting,
  WaitingFor,
  WaitingParty,
} from '../../domain/ports/portfolio-store.js';
import type { PartnerRelationship } from '../../domain/ports/registry-stores.js';
import { linkTo } from './links.js';

/** One thing that waits, in words, with where it is looked at and where it is acted on. */
export interface WaitingView {
  readonly what: WaitingFor;
  readonly message: string;
  readonly requestId: string;
  readonly subscriptionId: string;
  readonly exemptionId: string | null;
  readonly since: Instant;
  readonly due: Instant | null;
  readonly machines: number | null;
  readonly links: { readonly request: string; readonly act: string | null };
}

export interface WaitingList {
  /** All of them; `items` may be fewer. */
  readonly total: number;
  readonly items: readonly WaitingView[];
}

/** A customer in its partner's portfolio. */
export interface PortfolioItem {
  readonly customerTenantId: string;
  readonly name: string;
  readonly relationship: Omit<PartnerRelationship, 'partnerTenantId' | 'customerTenantId'>;
  readonly subscriptions: number;
  /** What the partner filed, by status. */
  readonly requests: Readonly<Partial<Record<RequestStatus, number>>>;
  readonly waitingFor: Readonly<Record<WaitingParty, WaitingList>>;
  readonly links: { readonly requests: string };
}

/** Puts together what was read of one customer. Pure. */
export function presentCustomer(
  { name, subscriptions, relationship }: PortfolioCustomer,
  counts: readonly PortfolioCount[],
  waiting: readonly Waiting[],
): PortfolioItem {
  const { partnerTenantId: _partner, customerTenantId, ...terms } = relationship;
  const own = <T extends { readonly customerTenantId: string }>(rows: readonly T[]) =>
    rows.filter((row) => row.customerTenantId === customerTenantId);
  const ofParty = (party: WaitingParty) => listOf(own(waiting).filter((one) => one.party === party));
  return {
    customerTenantId,
    name,
    relationship: terms,
    subscriptions,
    requests: byStatus(own(counts)),
    waitingFor: {
      partner: ofParty('partner'),
      customer: ofParty('customer'),
      platform: ofParty('platform'),
    },
    links: { requests: linkTo.requestsOf(customerTenantId) },
  };
}

function byStatus(counts: readonly PortfolioCount[]): Readonly<Partial<Record<RequestStatus, number>>> {
  const sums: Partial<Record<RequestStatus, number>> = {};
  for (const { state, exemptionState, count } of counts) {
    const status = statusOf(state, exemptionState);
    sums[status] = (sums[status] ?? 0) + count;
  }
  return sums;
}

function listOf(waiting: readonly Waiting[]): WaitingList {
  return { total: waiting[0]?.total ?? 0, items: waiting.map(presentWaiting) };
}

function presentWaiting(one: Waiting): WaitingView {
  const { what, requestId, subscriptionId, exemptionId, since, due, machines } = one;
  const links = { request: linkTo.request(requestId), act: whereToAct(one) };
  return { what, message: words[what], requestId, subscriptionId, exemptionId, since, due, machines, links };
}

function whereToAct({ what, requestId, subscriptionId, exemptionId }: Waiting): string | null {
  if (what === 'question') return linkTo.information(requestId);
  if (what === 'consent') return linkTo.consent(requestId);
  if (what === 'control-proof') return linkTo.controlProofs(subscriptionId);
  return exemptionId === null ? null : linkTo.machines(exemptionId);
}

const words: Readonly<Record<WaitingFor, string>> = {
  question: 'A reviewer asked something. Answer by the date, or the request lapses.',
  consent: 'The customer’s consent is not recorded. Record it, so that the reviewer sees it.',
  'control-proof':
    'You have not shown that you control the subscription. Ask for a proof, and put its tag there.',
  'owner-restarts': 'Machines have to be stopped (deallocated) and started by their owner.',
  'blocked-machines': 'Something keeps machines from being restarted; each says what has to be done.',
  checks: 'The request is being checked.',
  review: 'A support engineer decides; the date is when a decision is due.',
  opening: 'The platform opens the gate and looks for the machines.',
  'managed-restarts': 'Machines are being restarted under the plan.',
  'failed-restarts':
    'A restart failed: it needs a support engineer, and stands in their list. Each machine says what you can do.',
};
