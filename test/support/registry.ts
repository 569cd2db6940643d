import { randomUUID } from 'node:crypto';
import { tenants } from '../../launch/development-token.js';
import type { HttpClient } from './http-client.js';

/** Registers the personas' tenants and the relationship between them, as `npm start` does. */
export async function registerTenants(operator: HttpClient): Promise<void> {
  await operator.put(`/v1/admin/tenants/${tenants.customer}`, { kind: 'customer', name: 'Contoso' });
  await operator.put(`/v1/admin/tenants/${tenants.partner}`, { kind: 'partner', name: 'Fabrikam' });
  await operator.put(`/v1/admin/partner-relationships/${tenants.partner}/${tenants.customer}`, {
    status: 'active',
    validFrom: '2020-01-01T00:00:00Z',
  });
}

/** Registers a subscription of the customer's, pay-as-you-go unless it differs; gives its id. */
export async function registerSubscription(
  operator: HttpClient,
  differs: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const subscriptionId = randomUUID();
  const answer = await operator.put(`/v1/admin/subscriptions/${subscriptionId}`, {
    tenantId: tenants.customer,
    displayName: 'production',
    offer: { quotaId: 'PayAsYouGo_2014-09-01' },
    createdAt: '2024-01-01T00:00:00Z',
    state: 'Enabled',
    billing: { paidInvoicesUsd: 5000, firstInvoicePaidAt: '2024-03-01T00:00:00Z', pastDue: false },
    ...differs,
  });
  if (answer.status !== 201) throw new Error(`registering answered ${answer.status}`);
  return subscriptionId;
}

/** A complete and honest request for an exemption. */
export function aRequest(
  subscriptionId: string,
  differs: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    subscriptionId,
    classification: 'technical/virtual-network/connectivity/cannot-send-email',
    justification: 'We run the mail exchangers of our own domain, and receivers know us by our own address.',
    relayCannotBeUsed: true,
    sending: { kinds: ['transactional'], domains: ['mail.example.com'], dailyVolume: 4000 },
    contact: { name: 'Postmaster', email: 'ops@example.com' },
    acknowledgedLiability: true,
    ...differs,
  };
}
