/** Bodies as the document shows them. */
export const submit = {
  subscriptionId: '0c000000-0000-4000-8000-000000000001',
  classification: 'technical/virtual-network/connectivity/cannot-send-email',
  justification:
    'We run the mail exchangers of our own domain, and receivers accept us by the reputation of our own address.',
  relayCannotBeUsed: true,
  sending: {
    kinds: ['transactional'],
    domains: ['mail.example.com'],
    dailyVolume: 4000,
    heloName: 'mx1.example.com',
    publicAddresses: ['203.0.113.7'],
    dkimSelectors: ['s1'],
    abuseContact: 'abuse@example.com',
  },
  contact: { name: 'Postmaster', email: 'ops@example.com', language: 'en' },
  restart: { mode: 'managed', window: null, maxUnavailable: 1, canary: true },
  acknowledgedLiability: true,
} as const;
export const eligibility = {
  subscriptionId: '0c000000-0000-4000-8000-000000000001',
  restart: { mode: 'managed', maxUnavailable: 2, canary: true },
} as const;
export const information = {
  answer: 'Only mx1 sends; it greets as mx1.example.com.',
  sending: { heloName: 'mx1.example.com' },
} as const;
export const consent = {
  givenBy: 'Head of IT of the customer',
  givenAt: '2026-02-20T09:30:00Z',
  reference: 'Contract 2026-117, annex 3',
} as const;
export const withdraw = { reason: 'We found a relay.' } as const;
export const restartPlan = {
  mode: 'managed',
  window: { startsAt: '2026-03-01T22:00:00Z', endsAt: '2026-03-02T04:00:00Z' },
  maxUnavailable: '25%',
  canary: true,
} as const;

export const statement = { statement: 'stopped-and-started' } as const;
