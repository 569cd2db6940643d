import { millisecondsBetween, millisecondsPerDay } from '../../instants.js';
import { findingOf } from '../fraud-check.js';
import type { FraudCheck } from '../fraud-check.js';

/** Warns under the pack's age (30 days): throw-away subscriptions are the spammer's cheapest tool. */
export const youngSubscription: FraudCheck = {
  name: 'young-subscription',
  suspicion: 'The subscription was made for this.',
  reasonCode: 'account-too-new',
  needs: ['registry'],
  mayFail: false,
  look: (subject) => {
    const { createdAt } = subject.subscription;
    const youngUntil = subject.pack.thresholds.youngSubscriptionDays * millisecondsPerDay;
    const age = millisecondsBetween(createdAt, subject.asOf);
    const days = Math.floor(age / millisecondsPerDay);
    const detail = `created ${createdAt}, ${days} days ago`;
    return Promise.resolve(
      findingOf(youngSubscription, subject, 'registered facts', {
        outcome: age < youngUntil ? 'warn' : 'pass',
        value: days,
        evidence: [{ what: 'age of the subscription', detail }],
      }),
    );
  },
};
