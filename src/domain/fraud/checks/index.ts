import type { FraudCheck } from '../fraud-check.js';
import { controlNotProven } from './control-not-proven.check.js';
import { disposableContactAddress } from './disposable-contact-address.check.js';
import { ipOnBlocklist } from './ip-on-blocklist.check.js';
import { missingReverseDns } from './missing-reverse-dns.check.js';
import { priorRevocation } from './prior-revocation.check.js';
import { relayNotRuledOut } from './relay-not-ruled-out.check.js';
import { requestBurst } from './request-burst.check.js';
import { senderDomainUnready } from './sender-domain-unready.check.js';
import { subscriptionNotInGoodStanding } from './subscription-not-in-good-standing.check.js';
import { thinPaymentHistory } from './thin-payment-history.check.js';
import { youngSubscription } from './young-subscription.check.js';

/** THE list of checks: every round runs them all. A new one is one file and one line here. */
export const fraudChecks: readonly FraudCheck[] = [
  youngSubscription,
  thinPaymentHistory,
  subscriptionNotInGoodStanding,
  requestBurst,
  priorRevocation,
  disposableContactAddress,
  senderDomainUnready,
  missingReverseDns,
  ipOnBlocklist,
  relayNotRuledOut,
  controlNotProven,
];

/** The check of that name, or null. */
export function findFraudCheck(name: string): FraudCheck | null {
  return fraudChecks.find((check) => check.name === name) ?? null;
}

/** Whether a check can end in `fail`. Of one that this version does not have nobody can say that it cannot. */
export function mayFail(name: string): boolean {
  return findFraudCheck(name)?.mayFail ?? true;
}
