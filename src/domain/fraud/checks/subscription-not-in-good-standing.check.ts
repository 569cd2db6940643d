import type { CloudSubscription } from '../../ports/subscription-reader.js';
import type { SubscriptionFacts } from '../../subscription/subscription.js';
import { findingOf } from '../fraud-check.js';
import type { Conclusion, Evidence, FindingOutcome, FraudCheck } from '../fraud-check.js';

/**
 * Judges the registered state and billing; what the cloud says now is read beside them, and a difference is a `warn`.
 * Registered facts weigh more: eligibility rests on them, and the cloud's word may be minutes old or wrong.
 */
export const subscriptionNotInGoodStanding: FraudCheck = {
  name: 'subscription-not-in-good-standing',
  suspicion: 'The account does not pay, or is not what was registered.',
  reasonCode: 'subscription-not-enabled',
  needs: ['registry', 'cloud'],
  mayFail: true,
  look: async (subject, sources) => {
    const cloud = await sources.cloud.read(subject.subscription.subscriptionId);
    return findingOf(
      subscriptionNotInGoodStanding,
      subject,
      'registered facts and the cloud',
      conclude(subject.subscription, cloud),
    );
  },
};

function conclude(facts: SubscriptionFacts, cloud: CloudSubscription): Conclusion {
  const pastDue = facts.state === 'PastDue' || facts.billing.pastDue;
  const beside = besideTheCloud(facts, cloud);
  const registered = outcomeOfRegistered(facts, pastDue);
  return {
    outcome: registered === 'pass' ? beside.outcome : registered,
    value: facts.state,
    evidence: [
      { what: 'registered state', detail: facts.state },
      {
        what: 'registered billing',
        detail: facts.billing.pastDue ? 'an invoice is overdue' : 'nothing overdue',
      },
      ...beside.evidence,
    ],
    reasonCode: pastDue ? 'past-due' : 'subscription-not-enabled',
  };
}

function outcomeOfRegistered({ state }: SubscriptionFacts, pastDue: boolean): FindingOutcome {
  if (pastDue || state === 'Disabled' || state === 'Deleted') return 'fail';
  return state === 'Warned' ? 'warn' : 'pass';
}

function besideTheCloud(
  facts: SubscriptionFacts,
  cloud: CloudSubscription,
): { readonly outcome: FindingOutcome; readonly evidence: readonly Evidence[] } {
  const what = "the cloud's word";
  if (cloud.kind === 'failure')
    return { outcome: 'error', evidence: [{ what, detail: `not read: ${cloud.why}` }] };
  if (cloud.kind === 'absent') {
    return { outcome: 'warn', evidence: [{ what, detail: 'there is no such subscription' }] };
  }
  const sameTenant = cloud.tenantId.toLowerCase() === facts.tenantId.toLowerCase();
  const same = sameTenant && cloud.state.toLowerCase() === facts.state.toLowerCase();
  const tenant = sameTenant ? 'the registered tenant' : 'another tenant than registered';
  return { outcome: same ? 'pass' : 'warn', evidence: [{ what, detail: `${cloud.state}, in ${tenant}` }] };
}
