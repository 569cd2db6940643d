import { randomUUID } from 'node:crypto';
import { tenants } from '../../../launch/development-token.js';
import { allRoutes } from '../../../src/http/routes.js';
import { startTestApi, type TestApi } from '../../support/api.js';
import { brokenInvariants } from '../../support/broken-invariants.js';
import type { HttpAnswer, HttpClient } from '../../support/http-client.js';
import {
  type Filed,
  type RequestStateName,
  type RightStateName,
  StatesDesk,
  requestStatesToReach,
  rightStatesToReach,
} from '../../support/states-desk.js';
import { aRequest } from '../../support/registry.js';

/** A subscription changes hands in every state of a request and of an exemption (F27, I12), asked with real tokens. */
let api: TestApi;
let desk: StatesDesk;
let former: HttpClient;
let present: HttpClient;
const newTenant = randomUUID();
const newPartner = randomUUID();
beforeAll(async () => {
  api = await startTestApi();
  const operator = await api.as('operator');
  await operator.put(`/v1/admin/tenants/${newTenant}`, { kind: 'customer', name: 'Northwind' });
  await operator.put(`/v1/admin/tenants/${newPartner}`, { kind: 'partner', name: 'Adatum' });
  await operator.put(`/v1/admin/partner-relationships/${newPartner}/${tenants.customer}`, {
    status: 'active',
    validFrom: '2020-01-01T00:00:00Z',
  });
  desk = await StatesDesk.on(api);
  former = await api.as('customer');
  present = await api.as('customer', { tenant: newTenant });
});
afterAll(async () => {
  // Whatever was done here, the database can show nothing that is broken.
  expect(await brokenInvariants(api.database.ownerUrl)).toEqual([]);
  await api.close();
});

const things = ['/v1/subscriptions/:', '/v1/exemption-requests/:', '/v1/exemptions/:'];
/** Every route of requesters that names a thing. */
const routes = allRoutes.filter(({ path }) => things.some((thing) => path.startsWith(thing)));
const history = ['GET /v1/exemption-requests/:id', 'GET /v1/exemption-requests/:id/history'];
const stream = 'GET /v1/exemption-requests/:id/events';

/** What a client is answered on every route about a case, each with a whole body. */
async function reach(client: HttpClient, filed: Filed): Promise<Readonly<Record<string, HttpAnswer>>> {
  const answers: Record<string, HttpAnswer> = {};
  for (const { method, path, example } of routes) {
    const name = `${method} ${path}`;
    if (name === stream) continue;
    const ids = path.startsWith('/v1/subscriptions')
      ? path.replace(':subscriptionId', filed.subscriptionId)
      : path.replace(
          ':id',
          path.startsWith('/v1/exemptions') ? (filed.exemptionId ?? randomUUID()) : filed.id,
        );
    const asked = ids.replace(':vmId', filed.vmId ?? randomUUID());
    answers[name] =
      method === 'GET' ? await client.get(asked) : await client.send(method, asked, { body: example ?? {} });
  }
  return answers;
}

const statuses = (answers: Readonly<Record<string, HttpAnswer>>) =>
  Object.fromEntries(Object.entries(answers).map(([name, { status }]) => [name, status]));

/** Nothing but the request and its history is there; what would change the request is refused. */
const nothingButHistory = (answers: Readonly<Record<string, HttpAnswer>>) =>
  Object.fromEntries(
    Object.keys(answers).map((name) => {
      if (history.includes(name)) return [name, 200];
      return [name, name.includes('/v1/exemption-requests/') ? 409 : 404];
    }),
  );

/** Where things are that nobody outside may read after the transfer: of machines and of the right. */
async function tellsNothingSince(client: HttpClient, filed: Filed, movedAt: string): Promise<void> {
  const page = `/v1/exemption-requests/${filed.id}`;
  const { body } = await client.get(page);
  expect(body).toMatchObject({ exemption: null, preview: null, links: { exemption: null } });
  const { body: told } = await client.get(`${page}/history?limit=200`);
  for (const line of told.items) expect(Date.parse(line.at)).toBeLessThanOrEqual(Date.parse(movedAt));
  const listed = await client.get(`/v1/exemption-requests?subscriptionId=${filed.subscriptionId}`);
  for (const one of listed.body.items) expect(one).toMatchObject({ exemption: null });
  const stream = await client.events(`${page}/events`, { 'last-event-id': '9999' });
  expect(stream.response.status).toBe(204);
  stream.close();
}

const files = (client: HttpClient, { subscriptionId }: Filed, differs = {}) =>
  client.post('/v1/exemption-requests', aRequest(subscriptionId, differs));

describe('a transfer to another tenant', () => {
  it.each(requestStatesToReach)('while the request is %s', async (state: RequestStateName) => {
    const filed = await desk.requestIn(state);
    const movedAt = await desk.transfer(filed, { tenantId: newTenant });
    const answers = await reach(former, filed);
    expect(statuses(answers)).toEqual(nothingButHistory(answers));
    await tellsNothingSince(former, filed, movedAt);
    const wasLive = !['denied', 'withdrawn', 'lapsed'].includes(state);
    const { body } = await former.get(`/v1/exemption-requests/${filed.id}`);
    expect(body.status).toBe(wasLive ? 'withdrawn' : state);
    const { body: told } = await former.get(`/v1/exemption-requests/${filed.id}/history?limit=200`);
    const lines = told.items as readonly { readonly code?: string }[];
    expect(lines.some(({ code }) => code === 'subscription-moved')).toBe(wasLive);
    // Whoever owns it now sees nothing of it, and files at once.
    expect((await present.get(`/v1/exemption-requests/${filed.id}`)).status).toBe(404);
    expect((await files(present, filed)).status).toBe(201);
  });

  it.each(rightStatesToReach)('while the exemption is %s', async (state: RightStateName) => {
    const filed = await desk.rightIn(state);
    const movedAt = await desk.transfer(filed, { tenantId: newTenant });
    const answers = await reach(former, filed);
    expect(statuses(answers)).toEqual(nothingButHistory(answers));
    await tellsNothingSince(former, filed, movedAt);
    expect((await former.get(`/v1/exemption-requests/${filed.id}`)).body.status).toBe('moved');
    const moved = await former.get(
      `/v1/exemption-requests?status=moved&subscriptionId=${filed.subscriptionId}`,
    );
    expect(moved.body.items).toHaveLength(1);

    const ofNew = await reach(present, filed);
    const visible = Object.entries(statuses(ofNew)).filter(([, status]) => status < 400);
    expect(visible.every(([name]) => name.includes('/v1/subscriptions/'))).toBe(true);
    const subscription = ofNew['GET /v1/subscriptions/:subscriptionId']?.body;
    expect(subscription).toMatchObject({ port25: 'blocked', links: { exemption: null, liveRequest: null } });

    const right = await desk.right(filed);
    const ends: Partial<Record<RightStateName, string>> = { enabling: 'suspended', effective: 'suspended' };
    expect(right.state).toBe(ends[state] ?? state);
    expect(right.movedAt).toBe(movedAt);
    if (right.state === 'suspended') await canOnlyBeEnded(filed, state);
    expect((await files(present, filed)).status).toBe(201);
  });

  const canOnlyBeEnded = async (filed: Filed, before: RightStateName) => {
    const told = [before === 'suspended' ? 'terms-violated' : 'subscription-moved'];
    const grounds = before === 'suspended' ? [{ reasons: [{ code: 'subscription-moved' }] }] : [];
    expect(await desk.right(filed)).toMatchObject({
      gate: { position: 'closed' },
      suspension: { reasons: told.map((code) => ({ code })), grounds },
    });
    const refused = await desk.reinstate(filed, 'approver');
    expect([refused.status, refused.body.code]).toEqual([409, 'subscription-moved']);
  };

  it('the new owner’s approval waits for the end of the former right, which needs no cooling-down', async () => {
    const filed = await desk.rightIn('effective');
    await desk.transfer(filed, { tenantId: newTenant });
    const own = await files(present, filed);
    expect(own.status).toBe(201);
    const mine = await desk.reviewed({ ...filed, id: own.body.id as string });
    const early = await desk.approve(mine);
    expect([early.status, early.body.code]).toEqual([409, 'former-exemption-live']);
    await desk.revoke(filed, 'subscription-moved');
    expect((await desk.approve(mine)).body.code).toBe('former-exemption-live');
    await desk.closed(filed);
    const granted = await desk.approve(mine);
    expect(granted.status).toBe(200);
    const page = await present.get(`/v1/exemptions/${granted.body.exemption.id as string}`);
    expect(page.body).toMatchObject({ state: 'enabling', customerTenantId: newTenant });
    // The former tenant sees neither.
    for (const id of [granted.body.exemption.id, filed.exemptionId] as string[])
      expect((await former.get(`/v1/exemptions/${id}`)).status).toBe(404);
  });

  it('and back again gives nothing back: the right stays what can only be ended, and a new one may be filed for', async () => {
    const filed = await desk.rightIn('effective');
    await desk.transfer(filed, { tenantId: newTenant });
    await desk.transfer(filed, { tenantId: tenants.customer });
    expect((await former.get(`/v1/exemptions/${filed.exemptionId ?? ''}`)).status).toBe(404);
    expect((await desk.reinstate(filed, 'approver')).body.code).toBe('subscription-moved');
    expect((await files(former, filed)).status).toBe(201);
  });

  it('a denial bars who was denied, and not the next owner', async () => {
    const filed = await desk.requestIn('denied');
    expect((await files(former, filed)).body.code).toBe('cooling-down');
    await desk.transfer(filed, { tenantId: newTenant });
    expect((await files(present, filed)).status).toBe(201);
  });

  it('a proof of control that was shown for the former owner is nobody’s', async () => {
    const filed = await desk.requestIn('reviewing');
    const proofs = `/v1/subscriptions/${filed.subscriptionId}/control-proofs`;
    expect((await former.post(proofs)).status).toBe(201);
    await desk.transfer(filed, { tenantId: newTenant });
    expect((await present.get(proofs)).body.items).toEqual([]);
  });
});

describe('a reseller that changes', () => {
  const partnerOf = async () => ({
    old: await api.as('partner'),
    now: await api.as('partner', { tenant: newPartner }),
  });
  const onBehalfOf = { customerTenantId: tenants.customer };

  it.each(requestStatesToReach)('while the request is %s', async (state: RequestStateName) => {
    const filed = await desk.requestIn(state, 'partner');
    const { old, now } = await partnerOf();
    const leftAt = await desk.transfer(filed, { partnerTenantId: newPartner });
    const answers = await reach(old, filed);
    // The customer is its customer still, so that the subscription is in its sight; what was filed for it is history.
    const filedThings = Object.entries(statuses(answers)).filter(
      ([name]) => !name.includes('/v1/subscriptions'),
    );
    const expected = nothingButHistory(Object.fromEntries(filedThings) as never);
    expect(Object.fromEntries(filedThings)).toEqual(expected);
    await tellsNothingSince(old, filed, leftAt);
    // Its customer keeps everything; the new reseller files unless its customer has to wait.
    expect((await former.get(`/v1/exemption-requests/${filed.id}`)).status).toBe(200);
    const own = await files(now, filed, { onBehalfOf });
    expect([own.status, own.body.code]).toEqual(
      state === 'denied' ? [422, 'cooling-down'] : [201, undefined],
    );
  });

  it.each(rightStatesToReach)('while the exemption is %s', async (state: RightStateName) => {
    const filed = await desk.rightIn(state, 'partner');
    const { old, now } = await partnerOf();
    const leftAt = await desk.transfer(filed, { partnerTenantId: newPartner });
    const answers = await reach(old, filed);
    const filedThings = Object.entries(statuses(answers)).filter(
      ([name]) => !name.includes('/v1/subscriptions'),
    );
    expect(Object.fromEntries(filedThings)).toEqual(
      nothingButHistory(Object.fromEntries(filedThings) as never),
    );
    await tellsNothingSince(old, filed, leftAt);
    expect((await former.get(`/v1/exemptions/${filed.exemptionId ?? ''}`)).status).toBe(200);
    const right = await desk.right(filed);
    const wasGiven = state === 'enabling' || state === 'effective';
    expect(right.state).toBe(wasGiven ? 'suspended' : state);
    if (wasGiven) expect(right.suspension.reasons).toMatchObject([{ code: 'reseller-changed' }]);
    if (right.state === 'suspended')
      expect((await desk.reinstate(filed, 'approver')).body.code).toBe('reseller-changed');
    const own = await files(now, filed, { onBehalfOf });
    const refused = { revoked: 'cooling-down', expired: undefined }[state as 'revoked' | 'expired'];
    const told = state === 'revoked' || state === 'expired' ? refused : 'former-exemption-live';
    expect(own.body.code).toBe(told);
  });
});

describe('a relationship that ends', () => {
  it.each([...requestStatesToReach, ...rightStatesToReach])(
    'leaves its partner nothing while it is %s, and its customer everything',
    async (state: RequestStateName | RightStateName) => {
      const isRight = (rightStatesToReach as readonly string[]).includes(state);
      const filed = isRight
        ? await desk.rightIn(state as RightStateName, 'partner')
        : await desk.requestIn(state as RequestStateName, 'partner');
      await desk.relate('terminated');
      const answers = await reach(await api.as('partner'), filed);
      expect(new Set(Object.values(statuses(answers)))).toEqual(new Set([404]));
      expect((await former.get(`/v1/exemption-requests/${filed.id}`)).status).toBe(200);
      if (isRight) expect((await former.get(`/v1/exemptions/${filed.exemptionId ?? ''}`)).status).toBe(200);
      await desk.relate('active');
    },
  );
});
