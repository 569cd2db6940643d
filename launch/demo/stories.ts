import { until } from './desk.js';
import type { CloudSide } from './cloud-side.js';
import { requestBody, type ExemptionDesk, type Persona } from './exemption-desk.js';
import type { Narrator } from './narrator.js';

export interface Stage {
  readonly story: Narrator;
  readonly desk: ExemptionDesk;
  readonly cloud: CloudSide;
}

export const partnerTenant = '00000000-0000-4000-8000-000000000002';
export const customerTenant = '00000000-0000-4000-8000-000000000003';
const billing = { paidInvoicesUsd: 2400, firstInvoicePaidAt: '2024-05-01T00:00:00Z', pastDue: false };
export const payAsYouGo = {
  quotaId: 'PayAsYouGo_2014-09-01',
  offerId: 'MS-AZR-0003P',
  agreementType: 'MicrosoftOnlineServicesProgram',
};

export const shown = (wire: ReadonlyMap<string, string>) =>
  [...wire].map(([name, port]) => `${name} ${port}`).join(', ');

/** Creates a subscription in the cloud and registers its facts with Postern, as the platform's feed would. */
export async function subscribe(
  { cloud, desk }: Stage,
  id: string,
  displayName: string,
  facts: Readonly<Record<string, unknown>>,
) {
  const offer = facts.offer as { readonly quotaId: string };
  await cloud.createSubscription(id, customerTenant, offer.quotaId, displayName);
  await desk.register({
    subscriptionId: id,
    tenantId: customerTenant,
    displayName,
    state: 'Enabled',
    billing,
    ...facts,
  });
}

async function file({ desk, story }: Stage, as: Persona, body: unknown): Promise<string> {
  const filed = await desk.ask(as, 'POST', '/v1/exemption-requests', body);
  story.must(
    filed.status === 201,
    `the request is filed (201, ${filed.headers.get('location') ?? 'no location'})`,
  );
  return filed.body.at('id').text;
}

async function approveAndOpen(
  { desk, story, cloud }: Stage,
  requestId: string,
  subscriptionId: string,
): Promise<string> {
  const approved = await desk.approve(requestId, 'Own mail exchangers with a clean record.');
  story.must(approved.status === 200, 'the support engineer approves it, on the version that they read');
  const exemptionId = (await desk.request('reviewer', requestId)).at('exemption', 'id').text;
  await until(
    'the gate to open',
    () => cloud.gate(subscriptionId),
    (truth) => truth.at('gate').text === 'open',
  );
  story.must(
    true,
    `the platform's gate stands open (fence ${(await cloud.gate(subscriptionId)).at('fence').text})`,
  );
  return exemptionId;
}

async function becomesEffective({ desk, story }: Stage, as: Persona, exemptionId: string): Promise<void> {
  await until(
    'the exemption to become effective',
    () => desk.exemption(as, exemptionId),
    (exemption) => exemption.at('state').text === 'effective',
  );
  story.must(true, 'Postern says: effective');
}

/** The most common mistake: the machine keeps its host, so it stays closed, and the product says why. */
async function stillClosedAfterARestart(
  { story, desk, cloud }: Stage,
  subscriptionId: string,
  exemptionId: string,
): Promise<void> {
  story.says('customer', 'restarts mx1 from inside, as most people do');
  await cloud.power(subscriptionId, 'mx1', 'restart');
  await until(
    'the restart',
    () => cloud.powerState(subscriptionId, 'mx1'),
    (state) => state === 'PowerState/running',
  );
  const wire = await cloud.wire(subscriptionId);
  story.must(wire.get('mx1') === 'closed', `the wire to port 25 says: ${shown(wire)}`);
  const rows = await until(
    'the machine to be listed',
    () => desk.machines('customer', exemptionId),
    (all) => all.length === 1,
  );
  story.must(rows[0]?.at('exempt').value === false, 'Postern agrees: mx1 is not exempt');
  story.must(
    rows[0]?.at('blocker', 'code').text === 'not-deallocated-yet',
    `and says why: ${rows[0]?.at('blocker', 'message').text ?? ''}`,
  );
}

/** A pay-as-you-go customer whose machine was restarted from inside: still closed, and the product says why. */
export async function payAsYouGoCustomer(
  stage: Stage,
): Promise<{ readonly subscriptionId: string; readonly exemptionId: string }> {
  const { story, desk, cloud } = stage;
  const subscriptionId = '0d000000-0000-4000-8000-000000000001';
  story.chapter('A pay-as-you-go customer');
  await subscribe(stage, subscriptionId, 'Own mail server', {
    offer: payAsYouGo,
    createdAt: '2024-03-01T00:00:00Z',
  });
  await cloud.createMachine(subscriptionId, 'mx1');
  const asked = await desk.ask('customer', 'POST', '/v1/eligibility', { subscriptionId });
  story.must(
    asked.body.at('outcome').text === 'requestable',
    'before filing, the customer learns that it may ask',
  );
  const requestId = await file(stage, 'customer', requestBody(subscriptionId));
  const exemptionId = await approveAndOpen(stage, requestId, subscriptionId);
  await stillClosedAfterARestart(stage, subscriptionId, exemptionId);
  const plan = { mode: 'managed', window: null, maxUnavailable: 1, canary: true };
  const planned = await desk.ask('customer', 'PUT', `/v1/exemptions/${exemptionId}/restart-plan`, plan);
  story.must(planned.status === 200, 'the customer asks Postern to cycle the machine instead (managed)');
  await becomesEffective(stage, 'customer', exemptionId);
  const after = await cloud.wire(subscriptionId);
  story.must(after.get('mx1') === 'open', `the wire to port 25 says: ${shown(after)}`);
  return { subscriptionId, exemptionId };
}

async function customerCannotAskItself({ story, desk }: Stage, subscriptionId: string): Promise<void> {
  const self = await desk.ask('customer', 'POST', '/v1/exemption-requests', requestBody(subscriptionId));
  story.must(
    self.status === 422 && self.body.at('refusals', 0, 'code').text === 'partner-must-request',
    `the customer cannot ask by itself: ${self.body.at('refusals', 0, 'message').text}`,
  );
}

async function twoOpenOneResting(
  { story, desk, cloud }: Stage,
  subscriptionId: string,
  exemptionId: string,
): Promise<void> {
  const wire = await cloud.wire(subscriptionId);
  story.must(
    wire.get('mx1') === 'open' && wire.get('mx2') === 'open' && wire.get('mx3') === 'off',
    `the wire to port 25 says: ${shown(wire)} (mx3 was off, and nobody started it)`,
  );
  const seen = await desk.exemption('partner', exemptionId);
  story.must(
    seen.at('progress', 'restarted').value === 2 && seen.at('progress', 'resting').value === 1,
    'the partner sees 2 restarted, 1 resting',
  );
}

/** A CSP partner for its customer: three machines, one of them already deallocated. */
export async function cspPartner(
  stage: Stage,
): Promise<{ readonly subscriptionId: string; readonly exemptionId: string }> {
  const { story, cloud } = stage;
  const subscriptionId = '0d000000-0000-4000-8000-000000000002';
  story.chapter('A CSP partner, for its customer');
  const offer = {
    quotaId: 'CSP_2015-05-01',
    offerId: 'MS-AZR-0145P',
    agreementType: 'MicrosoftPartnerAgreement',
    accountType: 'Partner',
  };
  await subscribe(stage, subscriptionId, 'Customer of a partner', {
    offer,
    createdAt: '2023-02-01T00:00:00Z',
    partnerTenantId: partnerTenant,
  });
  for (const name of ['mx1', 'mx2', 'mx3']) await cloud.createMachine(subscriptionId, name);
  await cloud.power(subscriptionId, 'mx3', 'deallocate');
  await until(
    'mx3 to rest',
    () => cloud.powerState(subscriptionId, 'mx3'),
    (state) => state === 'PowerState/deallocated',
  );
  await customerCannotAskItself(stage, subscriptionId);
  const onBehalfOf = {
    customerTenantId: customerTenant,
    consent: { givenBy: 'Head of IT', givenAt: '2026-01-05T09:00:00Z', reference: 'Order 4711' },
  };
  const restart = { mode: 'managed', maxUnavailable: 2 };
  const requestId = await file(stage, 'partner', requestBody(subscriptionId, { onBehalfOf, restart }));
  const exemptionId = await approveAndOpen(stage, requestId, subscriptionId);
  await becomesEffective(stage, 'partner', exemptionId);
  await twoOpenOneResting(stage, subscriptionId, exemptionId);
  return { subscriptionId, exemptionId };
}
