/** A complete request, as the document shows it. */
export const submitExample = {
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
