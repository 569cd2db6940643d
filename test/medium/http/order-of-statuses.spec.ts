import { randomUUID } from 'node:crypto';
import { tenants } from '../../../launch/development-token.js';
import { startTestApi, type TestApi } from '../../support/api.js';
import type { HttpAnswer, HttpClient } from '../../support/http-client.js';
import { aRequest, registerSubscription } from '../../support/registry.js';
import { runChecks } from '../../support/run-checks.js';

let api: TestApi;
let customer: HttpClient;
let reviewer: HttpClient;
let approver: HttpClient;
let operator: HttpClient;

beforeAll(async () => {
  api = await startTestApi();
  customer = await api.as('customer');
  reviewer = await api.as('reviewer');
  approver = await api.as('approver');
  operator = await api.as('operator');
});
afterAll(() => api.close());

const codeOf = ({ status, body }: HttpAnswer): readonly [number, string] => [status, body.code];
const reason = { reason: 'a mail host of long standing' };
const huge = { ...reason, conditions: 'x'.repeat(300_000) };

/** A request whose checks have ended. */
async function reviewed(): Promise<string> {
  const { body } = await customer.post(
    '/v1/exemption-requests',
    aRequest(await registerSubscription(operator)),
  );
  await runChecks(api);
  return body.id as string;
}

function decision(id: string): string {
  return `/v1/admin/exemption-requests/${id}/approve`;
}

describe('of two things that are wrong, the one that is decided first is told', () => {
  it('401 before everything: no token, a bad route’s role, a bad body', async () => {
    const answer = await api.nobody.post(decision('no-id'), huge);
    expect(codeOf(answer)).toEqual([401, 'token-missing']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="postern"');
  });

  it('a tenant that nobody registered: 401', async () => {
    const stranger = await api.as('customer', { tenant: randomUUID() });
    expect(codeOf(await stranger.get('/v1/subscriptions'))).toEqual([401, 'token-invalid']);
  });

  it('403 before 404, 413 and 400: customers and partners on the admin API, platform roles outside', async () => {
    const partner = await api.as('partner', { roles: ['Requester', 'Approver', 'Operator'] });
    for (const caller of [customer, partner]) {
      expect(codeOf(await caller.post(decision(randomUUID()), huge))).toEqual([403, 'role-missing']);
      expect((await caller.get('/v1/admin/exemption-requests')).status).toBe(403);
    }
  });

  it('platform staff read requester routes and write nothing there: 403', async () => {
    expect((await reviewer.get('/v1/subscriptions')).status).toBe(200);
    expect(codeOf(await reviewer.post('/v1/exemption-requests', {}))).toEqual([403, 'role-missing']);
  });

  it('the feed is an application: with a person’s token its role does not count', async () => {
    const path = `/v1/admin/subscriptions/${randomUUID()}`;
    const person = await api.as('reviewer', { roles: ['Ingest'] });
    expect(codeOf(await person.put(path, {}))).toEqual([403, 'role-missing']);
    expect(codeOf(await (await api.as('ingest')).put(path, {}))).toEqual([400, 'invalid-body']);
  });

  it('404 before 415, 413 and 400, on requester and admin routes', async () => {
    const absent = [
      `/v1/exemption-requests/${randomUUID()}/information`,
      `/v1/exemption-requests/${randomUUID()}/withdraw`,
    ];
    for (const path of absent) {
      expect((await customer.post(path, { nonsense: true })).status).toBe(404);
      expect((await customer.post(path, { answer: 'x'.repeat(300_000) })).status).toBe(404);
      const xml = { raw: '<a/>', headers: { 'content-type': 'application/xml' } };
      expect((await customer.send('POST', path, xml)).status).toBe(404);
    }
    expect((await customer.put(`/v1/exemptions/${randomUUID()}/restart-plan`, {})).status).toBe(404);
    expect((await reviewer.post(decision(randomUUID()), { nonsense: true })).status).toBe(404);
    const analyst = await api.as('analyst');
    const violation = `/v1/admin/violations/${randomUUID()}/confirm`;
    expect((await analyst.post(violation, { nonsense: true })).status).toBe(404);
  });

  it('404 before 400 for effects, gates and machines, too', async () => {
    const absent = randomUUID();
    const nonsense = { nonsense: true };
    const operations = [`effects/${absent}/requeue`, `gates/${absent}/adopt-fence`];
    for (const path of operations)
      expect((await operator.post(`/v1/admin/${path}`, nonsense)).status).toBe(404);
    const id = await reviewed();
    const etag = (await reviewer.get(`/v1/admin/exemption-requests/${id}`)).headers.get('etag') ?? '';
    const approved = await reviewer.post(decision(id), reason, { 'if-match': etag });
    const restarts = `/v1/admin/exemptions/${String(approved.body.exemption.id)}/restarts`;
    for (const verb of ['retry', 'skip']) {
      expect((await reviewer.post(`${restarts}/unknown/${verb}`, nonsense)).status).toBe(404);
      expect((await reviewer.post(`${restarts.replace(/[0-9a-f-]{36}/, absent)}/x/${verb}`, {})).status).toBe(
        404,
      );
    }
    const [effect] = (await operator.get('/v1/admin/effects?limit=1')).body.items;
    const there = await operator.post(`/v1/admin/effects/${String(effect.id)}/requeue`, nonsense);
    expect(codeOf(there)).toEqual([400, 'invalid-body']);
  });

  it('out of scope is 404 whatever the body: what a stranger sends teaches nothing (I12)', async () => {
    const id = await reviewed();
    const other = randomUUID();
    await operator.put(`/v1/admin/tenants/${other}`, { kind: 'customer', name: 'Other' });
    const stranger = await api.as('customer', { tenant: other });
    const hidden = await stranger.post(`/v1/exemption-requests/${id}/withdraw`, { nonsense: true });
    const absent = await stranger.post(`/v1/exemption-requests/${other}/withdraw`, { nonsense: true });
    expect(codeOf(hidden)).toEqual([404, 'not-found']);
    expect({ ...hidden.body, instance: '', traceId: '' }).toEqual({
      ...absent.body,
      instance: '',
      traceId: '',
    });
    for (const rest of ['', '/history', '/events'])
      expect((await stranger.get(`/v1/exemption-requests/${id}${rest}`)).status).toBe(404);
  });

  it('415 before 413, and 413 before 400', async () => {
    const id = await reviewed();
    const raw = JSON.stringify({ nonsense: 'x'.repeat(300_000) });
    const wrongType = await reviewer.send('POST', decision(id), {
      raw,
      headers: { 'content-type': 'text/csv' },
    });
    expect(codeOf(wrongType)).toEqual([415, 'unsupported-media-type']);
    expect(codeOf(await reviewer.send('POST', decision(id), { raw }))).toEqual([413, 'body-too-large']);
  });

  it('400 before 428, 428 where If-Match is missing, 412 where it is stale, malformed or any', async () => {
    const id = await reviewed();
    expect(codeOf(await reviewer.post(decision(id), {}))).toEqual([400, 'invalid-body']);
    const malformed = { 'if-match': 'W/"2"' };
    expect(codeOf(await reviewer.post(decision(id), {}, malformed))).toEqual([400, 'invalid-body']);
    expect(codeOf(await reviewer.post(decision(randomUUID()), reason, malformed))).toEqual([
      404,
      'not-found',
    ]);
    expect(codeOf(await reviewer.post(decision(id), reason))).toEqual([428, 'if-match-required']);
    for (const ifMatch of ['"1"', 'W/"2"', '2', '*', '"2", "3"']) {
      const answer = await reviewer.post(decision(id), reason, { 'if-match': ifMatch });
      expect(codeOf(answer)).toEqual([412, 'stale-version']);
    }
  });

  it('409 for what is final before 428 and 412; the ETag is the same on requester and admin routes', async () => {
    const id = await reviewed();
    const mine = await customer.get(`/v1/exemption-requests/${id}`);
    const theirs = await reviewer.get(`/v1/admin/exemption-requests/${id}`);
    const etag = theirs.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9]+"$/);
    expect(mine.headers.get('etag')).toBe(etag);
    const approved = await reviewer.post(decision(id), reason, { 'if-match': etag });
    expect(approved.status).toBe(200);
    expect(approved.body).toMatchObject({ id, state: 'approved', status: 'awaiting-restart' });
    for (const headers of [{}, { 'if-match': etag }, { 'if-match': '"99"' }, { 'if-match': '*' }]) {
      const again = await approver.post(decision(id), reason, headers as Record<string, string>);
      expect(codeOf(again)).toEqual([409, 'already-approved']);
    }
  });

  it('suspend, reinstate and revoke are 202, and need their version', async () => {
    const id = await reviewed();
    const etag = (await reviewer.get(`/v1/admin/exemption-requests/${id}`)).headers.get('etag') ?? '';
    const approved = await reviewer.post(decision(id), reason, { 'if-match': etag });
    const exemption = `/v1/admin/exemptions/${String(approved.body.exemption.id)}`;
    const version = async () => ({ 'if-match': (await approver.get(exemption)).headers.get('etag') ?? '' });
    const why = { reasonCode: 'terms-violated', internalReason: 'complaints from three receivers' };
    const suspension = { ...why, closeRunning: false };
    expect((await approver.post(`${exemption}/suspend`, suspension)).status).toBe(428);
    const suspended = await approver.post(`${exemption}/suspend`, suspension, await version());
    expect([suspended.status, suspended.body.state]).toEqual([202, 'suspended']);
    const { internalReason } = why;
    const own = await approver.post(`${exemption}/reinstate`, { internalReason }, await version());
    expect(codeOf(own)).toEqual([403, 'reinstater-must-differ']);
    const approver2 = await api.as('approver2');
    const reinstated = await approver2.post(`${exemption}/reinstate`, { internalReason }, await version());
    expect([reinstated.status, reinstated.body.state]).toEqual([202, 'enabling']);
    const revoked = await approver.post(`${exemption}/revoke`, why, await version());
    expect([revoked.status, revoked.body.state]).toEqual([202, 'revoking']);
    const plan = { mode: 'managed', window: null, maxUnavailable: '25%', canary: false };
    const tooLate = await customer.put(exemption.replace('/admin', '').concat('/restart-plan'), plan);
    expect(tooLate.status).toBe(409);
  });

  it('ids are taken in any case and answered in lower case', async () => {
    const id = await reviewed();
    const { body } = await customer.get(`/v1/exemption-requests/${id.toUpperCase()}`);
    expect(body).toMatchObject({ id, customerTenantId: tenants.customer });
  });
});
