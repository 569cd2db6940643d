import type { CloudSide } from './demo/cloud-side.js';
import { requestBody, type ExemptionDesk } from './demo/exemption-desk.js';
import { customerTenant, partnerTenant, payAsYouGo } from './demo/stories.js';
import type { Answer, Json } from './demo/desk.js';

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
  await accepted(desk.ask(as, 'PUT', path, body));
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
  /** What becomes of it: nobody files, its request waits for a human, or it was decided. */
  readonly story: 'nothing-filed' | 'in-review' | 'effective' | 'denied';
}

const seeded: readonly Seeded[] = [
  {
    id: '5eed0000-0000-4000-8000-000000000001',
    name: 'Mail of a shop',
    offer: payAsYouGo,
    createdAt: '2024-03-01T00:00:00Z',
    machines: ['mx1', 'mx2'],
    story: 'effective',
  },
  {
    id: '5eed0000-0000-4000-8000-000000000002',
    name: 'Newsletter of a school',
    offer: payAsYouGo,
    createdAt: '2025-09-01T00:00:00Z',
    machines: ['mx1'],
    story: 'in-review',
  },
  {
    id: '5eed0000-0000-4000-8000-000000000003',
    name: 'Open since 2016',
    offer: payAsYouGo,
    createdAt: '2016-05-01T00:00:00Z',
    machines: ['old1'],
    story: 'nothing-filed',
  },
  {
    id: '5eed0000-0000-4000-8000-000000000004',
    name: 'A free trial',
    offer: { quotaId: 'FreeTrial_2014-09-01', offerId: 'MS-AZR-0044P' },
    createdAt: '2025-11-01T00:00:00Z',
    machines: [],
    story: 'nothing-filed',
  },
  {
    id: '5eed0000-0000-4000-8000-000000000005',
    name: 'An offer nobody knows',
    offer: { quotaId: 'Internal_2014-09-01' },
    createdAt: '2024-06-01T00:00:00Z',
    machines: ['vm1'],
    story: 'in-review',
  },
  {
    id: '5eed0000-0000-4000-8000-000000000006',
    name: 'Mails without a purpose',
    offer: payAsYouGo,
    createdAt: '2024-11-01T00:00:00Z',
    machines: ['bulk1'],
    story: 'denied',
  },
];

/**
 * Something to look at under `npm start`: subscriptions of several offers, machines in the emulated cloud, requests
 * that wait for a human, one that was denied, and an exemption that became effective. Again on the same data only the
 * cloud is made anew, because it lies in memory.
 */
export async function seed(desk: ExemptionDesk, cloud: CloudSide): Promise<void> {
  await registerTenants(desk);
  await senderDns(cloud);
  for (const one of seeded) await register(desk, cloud, one);
  for (const one of seeded) if (one.story !== 'nothing-filed') await tell(desk, one);
}

async function register(desk: ExemptionDesk, cloud: CloudSide, one: Seeded): Promise<void> {
  const { quotaId = '' } = one.offer;
  await cloud.createSubscription(one.id, customerTenant, quotaId, one.name);
  await rememberGate(desk, cloud, one.id);
  for (const machine of one.machines) await cloud.createMachine(one.id, machine);
  await put(desk, 'ingest', `/v1/admin/subscriptions/${one.id}`, {
    tenantId: customerTenant,
    displayName: one.name,
    offer: one.offer,
    createdAt: one.createdAt,
    state: 'Enabled',
    billing: { paidInvoicesUsd: 1200, firstInvoicePaidAt: '2024-05-01T00:00:00Z', pastDue: false },
  });
}

/** The switch of a real cloud survives a restart of ours; the emulated one is told where it stood. */
async function rememberGate(desk: ExemptionDesk, cloud: CloudSide, subscriptionId: string): Promise<void> {
  const subscription = await desk.ask('customer', 'GET', `/v1/subscriptions/${subscriptionId}`);
  const link = subscription.body.at('links', 'exemption').value;
  if (typeof link !== 'string') return;
  const gate = (await desk.ask('customer', 'GET', link)).body.at('gate');
  if (gate.at('movedAt').value === null) return;
  await cloud.restoreGate(subscriptionId, gate.at('position').text, Number(gate.at('fence').value));
}

/** Files and decides, from wherever an earlier start left it: what has been decided since is left as it is. */
async function tell(desk: ExemptionDesk, { id, story }: Seeded): Promise<void> {
  const listed = await desk.ask('customer', 'GET', `/v1/exemption-requests?subscriptionId=${id}`);
  let request = listed.body.at('items', 0);
  if (request.value === undefined) {
    const restart = { mode: 'managed', maxUnavailable: 1 };
    const body = requestBody(id, { restart });
    request = (await accepted(desk.ask('customer', 'POST', '/v1/exemption-requests', body))).body;
  }
  const requestId = request.at('id').text;
  if (story === 'in-review' || !isOpen(await desk.request('reviewer', requestId))) return;
  if (story === 'effective') {
    await accepted(desk.approve(requestId, 'Own mail exchangers with a clean record.'));
    return;
  }
  const order = {
    reasonCode: 'justification-insufficient',
    internalReason: 'The justification says nothing of what is sent to whom.',
  };
  await accepted(desk.deny(requestId, order));
}

const isOpen = (request: Json) => ['checking', 'reviewing'].includes(request.at('state').text);

async function accepted(asking: Promise<Answer>): Promise<Answer> {
  const answer = await asking;
  if (answer.status < 400) return answer;
  throw new Error(`Postern answered ${String(answer.status)}: ${answer.body.text.slice(0, 400)}`);
}
