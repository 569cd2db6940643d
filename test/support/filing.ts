import { randomUUID } from 'node:crypto';
import { until, type Json } from '../../launch/demo/desk.js';
import { requestBody } from '../../launch/demo/exemption-desk.js';
import { customerTenant, partnerTenant } from '../../launch/demo/stories.js';
import type { Postern } from './postern.js';

export const payAsYouGo = {
  quotaId: 'PayAsYouGo_2014-09-01',
  offerId: 'MS-AZR-0003P',
  agreementType: 'MicrosoftOnlineServicesProgram',
};

/** Phrases that tests are told in: who is registered, what is filed, and how far it has come. */
export async function registerDevelopmentTenants(postern: Postern): Promise<void> {
  await postern.call('operator', 'PUT', `/v1/admin/tenants/${customerTenant}`, {
    body: { kind: 'customer', name: 'Customer' },
  });
  await postern.call('operator', 'PUT', `/v1/admin/tenants/${partnerTenant}`, {
    body: { kind: 'partner', name: 'Partner' },
  });
  await postern.call(
    'operator',
    'PUT',
    `/v1/admin/partner-relationships/${partnerTenant}/${customerTenant}`,
    {
      body: { status: 'active', validFrom: '2020-01-01T00:00:00Z' },
    },
  );
}

export interface SubscriptionExample {
  readonly offer?: object;
  readonly createdAt?: string;
  readonly machines?: readonly string[];
  readonly tenantId?: string;
  readonly partnerTenantId?: string;
}

/** A subscription in the cloud and registered, with machines that run; its id. */
export async function aSubscription(postern: Postern, example: SubscriptionExample = {}): Promise<string> {
  const id = randomUUID();
  const {
    offer = payAsYouGo,
    createdAt = '2024-03-01T00:00:00Z',
    tenantId = customerTenant,
    machines = [],
  } = example;
  await postern.cloud.createSubscription(id, tenantId, 'PayAsYouGo_2014-09-01', 'Example');
  for (const machine of machines) await postern.cloud.createMachine(id, machine);
  await postern.call('ingest', 'PUT', `/v1/admin/subscriptions/${id}`, {
    body: {
      tenantId,
      displayName: 'Example',
      offer,
      createdAt,
      state: 'Enabled',
      billing: { paidInvoicesUsd: 2_000, firstInvoicePaidAt: '2024-05-01T00:00:00Z', pastDue: false },
      ...(example.partnerTenantId === undefined ? {} : { partnerTenantId: example.partnerTenantId }),
    },
  });
  return id;
}

export async function file(
  postern: Postern,
  subscriptionId: string,
  differs: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const filed = await postern.call('customer', 'POST', '/v1/exemption-requests', {
    body: requestBody(subscriptionId, differs),
  });
  if (filed.status !== 201) throw new Error(`filing answered ${String(filed.status)}: ${filed.body.text}`);
  return filed.body.at('id').text;
}

export async function reviewed(postern: Postern, requestId: string): Promise<Json> {
  const read = async () =>
    (await postern.call('reviewer', 'GET', `/v1/exemption-requests/${requestId}`)).body;
  return until('the round of checks to end', read, (body) => body.at('state').text === 'reviewing');
}

/** Files and approves; the exemption's id. `decision` is made once the checks have ended: it may name a near date. */
export async function granted(
  postern: Postern,
  subscriptionId: string,
  restart: object,
  decision: () => object = () => ({}),
): Promise<string> {
  const requestId = await file(postern, subscriptionId, { restart });
  await reviewed(postern, requestId);
  const approved = await decide(postern, 'reviewer', `/v1/admin/exemption-requests/${requestId}`, 'approve', {
    reason: 'Fine.',
    ...decision(),
  });
  if (approved.status !== 200)
    throw new Error(`approving answered ${String(approved.status)}: ${approved.body.text}`);
  return approved.body.at('exemption', 'id').text;
}

/** Decides on the version that the page shows now. */
export async function decide(
  postern: Postern,
  as: 'reviewer' | 'approver' | 'approver2' | 'analyst',
  page: string,
  verb: string,
  body: object,
) {
  for (let attempt = 1; ; attempt += 1) {
    const shown = await postern.call(as, 'GET', page);
    const answer = await postern.call(as, 'POST', `${page}/${verb}`, {
      body,
      headers: { 'if-match': shown.headers.get('etag') ?? '' },
    });
    // A worker may have moved it between the two calls: then whoever decides reads again.
    if (answer.status !== 412 || attempt === 5) return answer;
  }
}

export async function exemptionState(
  postern: Postern,
  exemptionId: string,
  state: string,
  withinMs = 60_000,
): Promise<Json> {
  const read = async () => (await postern.call('reviewer', 'GET', `/v1/exemptions/${exemptionId}`)).body;
  return until(`the exemption to be ${state}`, read, (body) => body.at('state').text === state, withinMs);
}

export async function machineRows(postern: Postern, exemptionId: string): Promise<readonly Json[]> {
  return (await postern.call('reviewer', 'GET', `/v1/exemptions/${exemptionId}/virtual-machines`)).body.at(
    'items',
  ).items;
}

/** Taken, or refused because another operation is under way: that would be a repeated one (I8). */
const wasTried: readonly unknown[] = [202, 409];

/** Power operations that the cloud was asked for (in one subscription, if one is named), in order, as `verb machine`. */
export async function powerCalls(postern: Postern, subscriptionId = ''): Promise<readonly string[]> {
  const { body } = await postern.control('GET', '/_control/calls');
  return body
    .at('calls')
    .items.filter((call) => call.at('method').text === 'POST' && wasTried.includes(call.at('status').value))
    .filter((call) => call.at('path').text.includes(subscriptionId))
    .map((call) => {
      const parts = call.at('path').text.split('/');
      return `${parts.at(-1) ?? ''} ${parts.at(-2) ?? ''}`;
    });
}
