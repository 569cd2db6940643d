import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { tenants } from '../../../launch/development-token.js';
import { SequenceAudit } from '../../../src/application/sequence-audit.js';
import { startTestApi, type TestApi } from '../../support/api.js';
import { brokenInvariants } from '../../support/broken-invariants.js';
import { dumpRows, tablesNaming } from '../../support/dump-rows.js';
import type { HttpAnswer, HttpClient } from '../../support/http-client.js';
import { aRequest, registerSubscription } from '../../support/registry.js';
import { runChecks } from '../../support/run-checks.js';

let api: TestApi;
let operator: HttpClient;

/** Somebody with an account of their own, and everything by which they could be recognised. */
interface Somebody {
  readonly oid: string;
  readonly as: HttpClient;
  readonly name: string;
  readonly email: string;
  /** A phrase that only they would write. */
  readonly words: string;
}

async function somebody(persona: 'customer' | 'partner' | 'reviewer' | 'approver' | 'analyst', name: string) {
  const oid = randomUUID();
  const words = `as only ${name} would put it`;
  return { oid, as: await api.as(persona, { oid }), name, email: `${name}@people.example`, words };
}

const traces = ({ oid, name, email, words }: Somebody) => [oid, name, email, words];
const keyed = () => ({ 'idempotency-key': randomUUID() });

let ada: Somebody;
let boris: Somebody;
let pia: Somebody;
let rita: Somebody;
let theo: Somebody;
let uma: Somebody;
let requestOfAda: string;
let requestOfBoris: string;
let exemptionOfAda: string;

async function filed(by: Somebody, differs: object = {}): Promise<string> {
  const subscriptionId = await registerSubscription(operator);
  const body = aRequest(subscriptionId, {
    justification: `Our receivers know us by our own address, ${by.words}.`,
    contact: { name: by.name, email: by.email },
    sending: {
      kinds: ['transactional'],
      domains: ['mail.example.com'],
      dailyVolume: 20_000,
      optIn: by.words,
      bounceHandling: by.words,
      abuseContact: by.email,
    },
    ...differs,
  });
  const { status, body: answer } = await by.as.post('/v1/exemption-requests', body, keyed());
  expect(status).toBe(201);
  return answer.id as string;
}

async function decided(by: Somebody, page: string, verb: string, body: object): Promise<HttpAnswer> {
  const { headers } = await by.as.get(page);
  return by.as.post(`${page}/${verb}`, body, { ...keyed(), 'if-match': headers.get('etag') ?? '' });
}

/** What Ada filed is asked about, answered, approved by two and suspended; what Boris and Pia filed waits. */
async function theStory(): Promise<void> {
  requestOfAda = await filed(ada);
  requestOfBoris = await filed(boris);
  const consent = { givenBy: pia.name, givenAt: '2026-01-01T00:00:00Z', reference: pia.words };
  const requestOfPia = await filed(pia, { onBehalfOf: { customerTenantId: tenants.customer, consent } });
  const renewed = await pia.as.put(`/v1/exemption-requests/${requestOfPia}/consent`, consent);
  expect(renewed.status).toBe(200);
  await runChecks(api);
  const page = `/v1/admin/exemption-requests/${requestOfAda}`;
  await rita.as.post(`${page}/claim`, undefined, keyed());
  await rita.as.post(`${page}/notes`, { text: `Called ${ada.name}, ${rita.words}` }, keyed());
  await rita.as.post(`${page}/notes`, { text: rita.words }, keyed());
  await rita.as.post(`/v1/admin/exemption-requests/${requestOfBoris}/notes`, { text: rita.words }, keyed());
  await theo.as.post(`/v1/admin/exemption-requests/${requestOfBoris}/notes`, { text: theo.words }, keyed());
  await rita.as.post(`${page}/request-information`, { question: rita.words }, keyed());
  await ada.as.post(`/v1/exemption-requests/${requestOfAda}/information`, { answer: ada.words }, keyed());
  await runChecks(api);
  await decided(rita, page, 'approve', { reason: rita.words, conditions: rita.words });
  const approved = await decided(theo, page, 'approve', { reason: theo.words, conditions: theo.words });
  exemptionOfAda = approved.body.exemption.id as string;
  const exemption = `/v1/admin/exemptions/${exemptionOfAda}`;
  await uma.as.post(
    '/v1/admin/violations',
    {
      exemptionId: exemptionOfAda,
      kind: 'spam-complaint',
      description: uma.words,
      evidence: [{ kind: 'report', at: '2026-03-01T12:00:00Z', text: uma.words }],
    },
    keyed(),
  );
  const suspension = { reasonCode: 'terms-violated', internalReason: uma.words, closeRunning: false };
  expect((await decided(uma, exemption, 'suspend', suspension)).status).toBe(202);
}

beforeAll(async () => {
  api = await startTestApi();
  operator = await api.as('operator');
  ada = await somebody('customer', 'ada-byron');
  boris = await somebody('customer', 'boris-godunov');
  pia = await somebody('partner', 'pia-petrova');
  rita = await somebody('reviewer', 'rita-levi');
  theo = await somebody('approver', 'theo-gogh');
  uma = await somebody('analyst', 'uma-karuna');
  await theStory();
  await sequenced();
});
afterAll(() => api.close());

/** Everything that was written so far has its place in the tree. */
async function sequenced(): Promise<void> {
  await api.app.get(SequenceAudit, { strict: false }).run('all');
}

function erase(oid: string, body: unknown = { reason: 'Asked for; ticket 4711.' }): Promise<HttpAnswer> {
  return operator.send('DELETE', `/v1/admin/people/${oid}`, { body });
}
/** Where somebody stands, but for answers that are kept for a day. */
const kept = (rows: ReadonlyMap<string, readonly string[]>, one: Somebody) =>
  tablesNaming(rows, traces(one)).filter((line) => !line.startsWith('public.idempotency_keys'));
const dump = () => dumpRows(api.database.ownerUrl);

describe('before an erasure', () => {
  it('the audit names nobody, and what it commits to is what is kept (I9)', async () => {
    const rows = await dump();
    const audit = new Map([...rows].filter(([table]) => table.startsWith('public.audit_')));
    const everybody = [ada, boris, pia, rita, theo, uma].flatMap(traces);
    expect(tablesNaming(audit, everybody)).toEqual([]);
    expect(tablesNaming(rows, traces(ada))).not.toEqual([]);
    expect(await brokenInvariants(api.database.ownerUrl)).toEqual([]);
  });
});

describe('the erasure of a person', () => {
  it('is an Operator’s alone, says why, and is of somebody of whom something is kept', async () => {
    const statuses = await Promise.all(
      [ada, rita, theo, uma].map(({ as }) =>
        as.send('DELETE', `/v1/admin/people/${ada.oid}`, { body: { reason: 'no' } }),
      ),
    );
    expect(statuses.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await erase(ada.oid, {})).status).toBe(400);
    expect((await erase(randomUUID(), {})).status).toBe(404);
    expect((await erase(randomUUID())).status).toBe(404);
    const elsewhere = { reason: 'asked for', tenantId: tenants.partner };
    expect((await erase(ada.oid, elsewhere)).status).toBe(404);
  });

  it('leaves nothing of who filed a request, and everything of the others; the audit is as it was (I15, I3, I9)', async () => {
    const before = await dump();
    expect(before.get('public.audit_leaves')?.length).toBeGreaterThan(20);
    const answer = await erase(ada.oid, { reason: 'asked for', tenantId: tenants.customer });
    expect(answer.body).toMatchObject({ requests: 1 });
    expect(answer.body.pseudonym).toMatch(/^erased-[0-9a-f]{32}$/);
    const after = await dump();
    expect(tablesNaming(after, traces(ada))).toEqual([]);
    for (const one of [boris, pia, rita, theo, uma]) expect(kept(after, one)).toEqual(kept(before, one));
    for (const [table, rows] of before)
      if (table.startsWith('public.audit_'))
        expect(after.get(table)).toEqual(expect.arrayContaining([...rows]));
    expect(await brokenInvariants(api.database.ownerUrl)).toEqual([]);
  });

  it('lets what is live go on, and shows null where words were', async () => {
    const request = await rita.as.get(`/v1/admin/exemption-requests/${requestOfAda}`);
    expect(request.body.particulars).toMatchObject({ justification: null, contact: null, consent: null });
    expect(request.body.particulars.sending).toMatchObject({ domains: ['mail.example.com'], optIn: null });
    expect(request.body.filedBy.objectId).toMatch(/^erased-/);
    const notes = request.body.notes as readonly { readonly text: string | null }[];
    expect(notes.map(({ text }) => text)).toEqual([null, rita.words]);
    const exemption = await boris.as.get(`/v1/exemptions/${exemptionOfAda}`);
    expect(exemption.body).toMatchObject({
      state: 'suspended',
      conditions: `${rita.words}\n\n${theo.words}`,
    });
    expect((await boris.as.get(`/v1/exemption-requests/${requestOfBoris}`)).status).toBe(200);
  });

  it('waits where something waits for somebody else: two people stay two (I5)', async () => {
    const early = await erase(uma.oid);
    expect([early.status, early.body.code]).toEqual([409, 'awaits-another-person']);
    const page = `/v1/admin/exemptions/${exemptionOfAda}`;
    expect((await decided(theo, page, 'reinstate', { internalReason: theo.words })).status).toBe(202);
    expect((await erase(uma.oid)).status).toBe(200);
    expect(tablesNaming(await dump(), traces(uma))).toEqual([]);
  });

  it.each([
    ['who asked, noted and approved', () => rita],
    ['who approved and reinstated', () => theo],
    ['a partner', () => pia],
  ])('leaves nothing of %s (I15, I3, I9)', async (_who, whose) => {
    expect((await erase(whose().oid)).status).toBe(200);
    expect(tablesNaming(await dump(), traces(whose()))).toEqual([]);
    await sequenced();
    expect(tablesNaming(await dump(), [boris.oid, boris.email, boris.words])).not.toEqual([]);
    expect(await brokenInvariants(api.database.ownerUrl)).toEqual([]);
  });

  it('a second time finds nobody; who acts again afterwards is somebody new', async () => {
    expect((await erase(ada.oid)).status).toBe(404);
    await filed(ada);
    const first = await erase(ada.oid);
    expect(first.status).toBe(200);
    await filed(ada);
    const second = await erase(ada.oid);
    expect(second.body.pseudonym).not.toBe(first.body.pseudonym);
    expect(await brokenInvariants(api.database.ownerUrl)).toEqual([]);
  });

  it('asks which, where people of one id have acted from two tenants', async () => {
    const oid = randomUUID();
    const here = { ...boris, oid, as: await api.as('customer', { oid }) };
    const there = { ...boris, oid, as: await api.as('partner', { oid }) };
    await filed(here);
    await filed(there, { onBehalfOf: { customerTenantId: tenants.customer } });
    const unsure = await erase(oid);
    expect([unsure.status, unsure.body.code]).toEqual([409, 'person-ambiguous']);
    expect((await erase(oid, { reason: 'the partner’s', tenantId: tenants.partner })).status).toBe(200);
    expect((await erase(oid)).status).toBe(200);
  });
});

describe('the erasure of a contact', () => {
  it('takes an address and its name out of every request, and leaves the rest (I15)', async () => {
    const named = { name: 'Carla Contact', email: 'carla@elsewhere.example' };
    const id = await filed(boris, { contact: named });
    const body = { email: 'Carla@Elsewhere.example', reason: 'asked for' };
    expect((await operator.send('DELETE', '/v1/admin/contacts', { body })).status).toBe(200);
    expect(tablesNaming(await dump(), [named.name, named.email])).toEqual([]);
    const { body: page } = await operator.get(`/v1/admin/exemption-requests/${id}`);
    expect(page.particulars.contact).toBeNull();
    expect(page.particulars.justification).toContain(boris.words);
    expect((await operator.send('DELETE', '/v1/admin/contacts', { body })).status).toBe(404);
    expect(await brokenInvariants(api.database.ownerUrl)).toEqual([]);
  });
});

describe('history', () => {
  it.each([
    ['what happened', `SET to_state = 'denied'`],
    ['who did it', `SET actor = jsonb_set(actor, '{objectId}', '"somebody-else"')`],
    ['from where', `SET actor = jsonb_set(actor, '{tenantId}', '"${tenants.partner}"')`],
  ])('is changed by nothing but a pseudonym, not by its owner either: not %s (I3)', async (_what, change) => {
    const owner = new pg.Client({ connectionString: api.database.ownerUrl });
    await owner.connect();
    try {
      await expect(owner.query(`UPDATE history ${change}`)).rejects.toThrow(/append-only/);
      await owner.query('BEGIN');
      await owner.query(`SELECT set_config('app.erasure', 'on', true)`);
      await expect(owner.query(`UPDATE history ${change}`)).rejects.toThrow(/append-only/);
    } finally {
      await owner.end();
    }
  });
});
