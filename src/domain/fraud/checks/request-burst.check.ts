import { addMilliseconds, millisecondsPerHour } from '../../instants.js';
import { findingOf } from '../fraud-check.js';
import type { FraudCheck } from '../fraud-check.js';

/** Warns from the pack's number on (5 requests of a tenant in 24 h, this one included). */
export const requestBurst: FraudCheck = {
  name: 'request-burst',
  suspicion: 'Somebody files requests by the dozen and hopes that one gets through.',
  reasonCode: 'trust-review-declined',
  needs: ['registry'],
  mayFail: false,
  look: async (subject, sources) => {
    const { requests, withinHours } = subject.pack.thresholds.burst;
    const since = addMilliseconds(subject.asOf, -withinHours * millisecondsPerHour);
    const count = await sources.history.requestsOfTenantSince(subject.tenantId, since);
    return findingOf(requestBurst, subject, 'own requests', {
      outcome: count >= requests ? 'warn' : 'pass',
      value: count,
      evidence: [
        { what: 'requests of the tenant', detail: `${count} since ${since}; ${requests} are a burst` },
      ],
    });
  },
};
