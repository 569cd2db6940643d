/** Bodies as the document shows them. */
export const approve = { reason: 'Runs its own mail exchangers; five years of paid invoices.' } as const;
export const deny = {
  reasonCode: 'justification-insufficient',
  internalReason: 'Sends receipts only, and its provider offers an authenticated relay.',
} as const;
export const ask = {
  question: 'Which of your machines send, and under which names do they greet?',
  fields: ['sending.heloName'],
} as const;
export const recheck = { reason: 'The reverse names were set since.' } as const;
export const takeOver = { reason: 'Its reviewer is ill, and the customer waits.' } as const;
export const note = { text: 'Called the contact; the volume is for a newsletter with opt-in.' } as const;
export const subscription = {
  tenantId: '00000000-0000-4000-8000-000000000003',
  displayName: 'Production',
  offer: { quotaId: 'PayAsYouGo_2014-09-01', offerId: 'MS-AZR-0003P' },
  createdAt: '2024-03-01T00:00:00Z',
  state: 'Enabled',
  spendingLimit: 'Off',
  billing: { paidInvoicesUsd: 5200, firstInvoicePaidAt: '2024-04-01T00:00:00Z', pastDue: false },
} as const;
export const tenant = { kind: 'customer', name: 'Contoso' } as const;
export const relationship = { status: 'active', validFrom: '2024-01-01T00:00:00Z' } as const;
export const suspend = {
  reasonCode: 'terms-violated',
  internalReason: 'Complaints from three receivers within an hour.',
  closeRunning: true,
} as const;
export const reinstate = { internalReason: 'A stolen account, closed since.' } as const;
export const revoke = {
  reasonCode: 'terms-violated',
  violationId: '0c000000-0000-4000-8000-000000000009',
  internalReason: 'Confirmed spam after a warning.',
} as const;
export const steer = { reason: 'The owner asks for it.' } as const;
export const violation = {
  exemptionId: '0c000000-0000-4000-8000-000000000005',
  kind: 'spam-complaint',
  description: 'Unsolicited bulk mail from one of the exempted machines.',
  evidence: [{ kind: 'arf-report', at: '2026-03-01T12:00:00Z', text: 'Feedback-Type: abuse, 214 reports' }],
} as const;
export const judge = { internalReason: 'Headers and times agree with the machine.' } as const;
