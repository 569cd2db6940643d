import { findingOf } from '../fraud-check.js';
import type { FraudCheck } from '../fraud-check.js';

/** Warns, and never more: guilt by association is for a human to weigh, never an automatic denial. */
export const priorRevocation: FraudCheck = {
  name: 'prior-revocation',
  suspicion: 'An exemption of the same subscription, tenant or contact was revoked before.',
  reasonCode: 'trust-review-declined',
  needs: ['registry'],
  mayFail: false,
  look: async (subject, sources) => {
    const revocations = await sources.history.revocationsOf({
      subscriptionId: subject.subscription.subscriptionId,
      tenantId: subject.subscription.tenantId,
      contactEmail: subject.contactEmail,
    });
    const seen = revocations.map(({ exemptionId, revokedAt, reasonCode, sharedWith }) => ({
      what: `exemption ${exemptionId}`,
      detail: `revoked ${revokedAt} (${reasonCode}); same ${sharedWith.join(', ')}`,
    }));
    const nothing = { what: 'earlier revocations', detail: 'none of this subscription, tenant or contact' };
    return findingOf(priorRevocation, subject, 'own exemptions', {
      outcome: seen.length > 0 ? 'warn' : 'pass',
      value: seen.length,
      evidence: seen.length > 0 ? seen : [nothing],
    });
  },
};
