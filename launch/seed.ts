import type { CloudSide } from './demo/cloud-side.js';
import { requestBody, type ExemptionDesk } from './demo/exemption-desk.js';
import { customerTenant, partnerTenant } from './demo/stories.js';

/** Registers the development tenants and the relationship between them; again is no harm. */
export async function registerTenants(desk: ExemptionDesk): Promise<void> {
  await put(desk, 'operator', `/v1/admin/tenants/${customerTenant}`, {
    kind: 'customer',
    name: 'Development customer',
  });
  await put(desk, 'operator', `/v1/admin/tenants/${partnerTenant}`, {
    kind: 'partner',
    name: 'Development partner',
  });
  await put(desk, 'operator', `/v1/admin/partner-relationships/${partnerTenant}/${customerTenant}`, {
    status: 'active',
    validFrom: '2020-01-01T00:00:00Z',
  });
}

async function put(
  desk: ExemptionDesk,
  as: 'operator' | 'ingest',
  path: string,
  body: unknown,
): Promise<void> {
  const answer = await desk.ask(as, 'PUT', path, body);
  if (answer.status >= 400)
    throw new Error(`PUT ${path} answered ${String(answer.status)}: ${answer.body.text.slice(0, 400)}`);
}

/** The records of the example's sending domain, so that the checks that ask DNS find what an honest sender has. */
export async function senderDns(cloud: CloudSide): Promise<void> {
  await cloud.dnsRecord('mail.example.com', 'TXT', ['v=spf1 ip4:203.0.113.7 -all']);
  await cloud.dnsRecord('_dmarc.mail.example.com', 'TXT', ['v=DMARC1; p=reject']);
  await cloud.dnsRecord('mail.example.com', 'MX', ['10 mx1.example.com']);
  await cloud.dnsRecord('mx1.example.com', 'A', ['203.0.113.7']);
  await cloud.dnsRecord('7.113.0.203.in-addr.arpa', 'PTR', ['mx1.example.com']);
}

interface Seeded {
  readonly id: string;
  readonly name: string;
  readonly offer: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly machines: readonly string[];
  readonly files: boolean;
}

const payAsYouGo = {
  quotaId: 'PayAsYouGo_2014-09-01',
  offerId: 'MS-AZR-0003P',
  agreementType: 'MicrosoftOnlineServicesProgram',
};
const seeded: readonly Seeded[] = [
  {
    id: '5eed0000-0000-4000-8000-000000000001',
    name: 'Mail of a shop',
    offer: payAsYouGo,
    createdAt: '2024-03-01T00:00:00Z',
    machines: ['mx1', 'mx2'],
    files: true,
  },
  {
    id: '5eed0000-0000-4000-8000-000000000002',
    name: 'Newsletter of a school',
    offer: payAsYouGo,
    createdAt: '2025-09-01T00:00:00Z',
    machines: ['mx1'],
    files: true,
  },
  {
    id: '5eed0000-0000-4000-8000-000000000003',
    name: 'Open since 2016',
    offer: payAsYouGo,
    createdAt: '2016-05-01T00:00:00Z',
    machines: ['old1'],
    files: false,
  },
  {
    id: '5eed0000-0000-4000-8000-000000000004',
    name: 'A free trial',
    offer: { quotaId: 'FreeTrial_2014-09-01', offerId: 'MS-AZR-0044P' },
    createdAt: '2025-11-01T00:00:00Z',
    machines: [],
    files: false,
  },
  {
    id: '5eed0000-0000-4000-8000-000000000005',
    name: 'An offer nobody knows',
    offer: { quotaId: 'Internal_2014-09-01' },
    createdAt: '2024-06-01T00:00:00Z',
    machines: ['vm1'],
    files: true,
  },
];

/**
 * Something to look at under `npm start`: subscriptions of several offers, machines in the emulated cloud, and requests
 * in the review queue. Again on the same data only the cloud is made anew, because it lies in memory.
 */
export async function seed(desk: ExemptionDesk, cloud: CloudSide): Promise<void> {
  await registerTenants(desk);
  await senderDns(cloud);
  for (const one of seeded) {
    const { quotaId = '' } = one.offer;
    await cloud.createSubscription(one.id, customerTenant, quotaId, one.name);
    for (const machine of one.machines) await cloud.createMachine(one.id, machine);
    await put(desk, 'ingest', `/v1/admin/subscriptions/${one.id}`, {
      tenantId: customerTenant,
      displayName: one.name,
      offer: one.offer,
      createdAt: one.createdAt,
      state: 'Enabled',
      billing: { paidInvoicesUsd: 1200, firstInvoicePaidAt: '2024-05-01T00:00:00Z', pastDue: false },
    });
    // A second start finds its requests still open, or decided: both are answers, and neither is filed again.
    if (one.files) await desk.ask('customer', 'POST', '/v1/exemption-requests', requestBody(one.id));
  }
}
