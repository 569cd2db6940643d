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
const payAsYouGo = {
  quotaId: 'PayAsYouGo_2014-09-01',
  offerId: 'MS-AZR-0003P',
  agreementType: 'MicrosoftOnlineServicesProgram',
};

const shown = (wire: ReadonlyMap<string, string>) =>
  [...wire].map(([name, port]) => `${name} ${port}`).join(', ');

/** Creates a subscription in the cloud and registers its facts with Postern, as the platform's feed would. */
async function subscribe(
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
  const plan = { mode: 'managed', window: null, maxUnavailable: 1, canary: true };
  const planned = await desk.ask('customer', 'PUT', `/v1/exemptions/${exemptionId}/restart-plan`, plan);
  story.must(planned.status === 200, 'the customer asks Postern to cycle the machine instead (managed)');
  await becomesEffective(stage, 'customer', exemptionId);
  const after = await cloud.wire(subscriptionId);
  story.must(after.get('mx1') === 'open', `the wire to port 25 says: ${shown(after)}`);
  return { subscriptionId, exemptionId };
}

/** A CSP partner for its customer: three machines, one of them already deallocated. */
export async function cspPartner(
  stage: Stage,
): Promise<{ readonly subscriptionId: string; readonly exemptionId: string }> {
  const { story, desk, cloud } = stage;
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
  const self = await desk.ask('customer', 'POST', '/v1/exemption-requests', requestBody(subscriptionId));
  story.must(
    self.status === 422 && self.body.at('refusals', 0, 'code').text === 'partner-must-request',
    `the customer cannot ask by itself: ${self.body.at('refusals', 0, 'message').text}`,
  );
  const onBehalfOf = {
    customerTenantId: customerTenant,
    consent: { givenBy: 'Head of IT', givenAt: '2026-01-05T09:00:00Z', reference: 'Order 4711' },
  };
  const restart = { mode: 'managed', maxUnavailable: 2 };
  const requestId = await file(stage, 'partner', requestBody(subscriptionId, { onBehalfOf, restart }));
  const exemptionId = await approveAndOpen(stage, requestId, subscriptionId);
  await becomesEffective(stage, 'partner', exemptionId);
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
  return { subscriptionId, exemptionId };
}

/** The terms are broken: the exemption is revoked, and every machine closed again. */
export async function revocation(
  stage: Stage,
  one: { readonly subscriptionId: string; readonly exemptionId: string },
): Promise<void> {
  const { story, desk, cloud } = stage;
  story.chapter('A revocation');
  await cloud.power(one.subscriptionId, 'mx3', 'start');
  await until(
    'mx3 to be open',
    () => cloud.wire(one.subscriptionId),
    (wire) => wire.get('mx3') === 'open',
  );
  story.must(
    true,
    `mx3 was started meanwhile, and is open like the rest: ${shown(await cloud.wire(one.subscriptionId))}`,
  );
  const recorded = await desk.ask('analyst', 'POST', '/v1/admin/violations', {
    exemptionId: one.exemptionId,
    kind: 'spam-complaint',
    description: 'Complaints of three receivers about unsolicited bulk mail.',
    evidence: [
      { kind: 'complaint', at: '2026-01-20T08:00:00Z', text: 'Feedback loop report, 412 recipients.' },
    ],
  });
  story.must(recorded.status === 201, 'an abuse analyst records a violation with its evidence');
  const violationId = recorded.body.at('id').text;
  const confirmed = await desk.ask(
    'analyst',
    'POST',
    `/v1/admin/violations/${violationId}/confirm`,
    { internalReason: 'Samples checked.' },
    recorded.headers.get('etag') ?? undefined,
  );
  story.must(confirmed.status === 200, 'and confirms it');
  const page = await desk.ask('approver', 'GET', `/v1/admin/exemptions/${one.exemptionId}`);
  const order = { reasonCode: 'terms-violated', violationId, internalReason: 'Confirmed bulk mail.' };
  const revoked = await desk.ask(
    'approver',
    'POST',
    `/v1/admin/exemptions/${one.exemptionId}/revoke`,
    order,
    page.headers.get('etag') ?? '',
  );
  story.must(revoked.status === 202, 'a lead revokes the exemption');
  await until(
    'the gate to close',
    () => cloud.gate(one.subscriptionId),
    (truth) => truth.at('gate').text === 'closed',
  );
  story.must(true, 'the gate closes first');
  await until(
    'the revocation to be complete',
    () => desk.exemption('partner', one.exemptionId),
    (exemption) => exemption.at('state').text === 'revoked',
    60_000,
  );
  const wire = await cloud.wire(one.subscriptionId);
  story.must(
    [...wire.values()].every((port) => port !== 'open'),
    `the wire to port 25 says: ${shown(wire)}`,
  );
}

/** Two who need no exemption, or get none: a Free Trial, and a subscription from before the cut-off. */
export async function refusals(stage: Stage): Promise<void> {
  const { story, desk } = stage;
  story.chapter('Two refusals');
  const trial = '0d000000-0000-4000-8000-000000000003';
  await subscribe(stage, trial, 'Free trial', {
    offer: { quotaId: 'FreeTrial_2014-09-01', offerId: 'MS-AZR-0044P' },
    createdAt: '2025-11-01T00:00:00Z',
  });
  const never = await desk.ask('customer', 'POST', '/v1/exemption-requests', requestBody(trial));
  story.must(
    never.status === 422 && never.body.at('refusals', 0, 'code').text === 'offer-never-eligible',
    `a Free Trial never qualifies: ${never.body.at('refusals', 0, 'nextStep').text}`,
  );
  const old = '0d000000-0000-4000-8000-000000000004';
  await subscribe(stage, old, 'Since 2016', { offer: payAsYouGo, createdAt: '2016-05-01T00:00:00Z' });
  const open = await desk.ask('customer', 'POST', '/v1/eligibility', { subscriptionId: old });
  story.must(
    open.body.at('outcome').text === 'open',
    'a pay-as-you-go subscription of 2016 needs no exemption: open',
  );
  const refused = await desk.ask('customer', 'POST', '/v1/exemption-requests', requestBody(old));
  story.must(
    refused.status === 422,
    `and a request for it is refused: ${refused.body.at('refusals', 0, 'message').text}`,
  );
}
