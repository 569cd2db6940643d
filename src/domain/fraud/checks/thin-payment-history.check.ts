import { findingOf } from '../fraud-check.js';
import type { FraudCheck } from '../fraud-check.js';

/** Warns when nothing was ever paid. How much a pack asks for is policy's matter (a refusal), not this check's. */
export const thinPaymentHistory: FraudCheck = {
  name: 'thin-payment-history',
  suspicion: 'Nobody has ever paid for this account.',
  reasonCode: 'payment-history-too-low',
  needs: ['registry'],
  mayFail: false,
  look: (subject) => {
    const { paidInvoicesUsd, firstInvoicePaidAt } = subject.subscription.billing;
    const since =
      firstInvoicePaidAt === null ? 'no first payment is recorded' : `first on ${firstInvoicePaidAt}`;
    return Promise.resolve(
      findingOf(thinPaymentHistory, subject, 'registered billing facts', {
        outcome: paidInvoicesUsd > 0 ? 'pass' : 'warn',
        value: paidInvoicesUsd,
        evidence: [{ what: 'paid invoices', detail: `USD ${paidInvoicesUsd}, ${since}` }],
      }),
    );
  },
};
