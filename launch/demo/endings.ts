import { until } from './desk.js';
import { requestBody } from './exemption-desk.js';
import { payAsYouGo, shown, subscribe, type Stage } from './stories.js';

interface Granted {
  readonly subscriptionId: string;
  readonly exemptionId: string;
}

async function confirmedViolation({ story, desk }: Stage, exemptionId: string): Promise<string> {
  const recorded = await desk.ask('analyst', 'POST', '/v1/admin/violations', {
    exemptionId,
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
  return violationId;
}

async function everyMachineClosed({ story, desk, cloud }: Stage, one: Granted): Promise<void> {
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

/** The terms are broken: the exemption is revoked, and every machine closed again. */
export async function revocation(stage: Stage, one: Granted): Promise<void> {
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
  const violationId = await confirmedViolation(stage, one.exemptionId);
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
  await everyMachineClosed(stage, one);
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
