import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { requestBody } from '../../launch/demo/exemption-desk.js';
import { customerTenant, partnerTenant } from '../../launch/demo/stories.js';
import { aSubscription, file, registerDevelopmentTenants } from '../support/filing.js';
import { startPostern, type CallExtras, type Postern, type Seen } from '../support/postern.js';
import type { Persona } from '../../launch/development-token.js';

let postern: Postern;
let own: string;
beforeAll(async () => {
  postern = await startPostern();
  await registerDevelopmentTenants(postern);
  own = await aSubscription(postern);
});
afterAll(() => postern.stop());

const stored = async (): Promise<number> => {
  const client = new pg.Client({ connectionString: postern.database.ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM exemption_requests');
  await client.end();
  return Number(rows[0]?.count);
};
const submit = (as: Persona | null, body: unknown, extras: CallExtras = {}) =>
  postern.call(as, 'POST', '/v1/exemption-requests', { body, ...extras });
const summary = ({ status, body }: Seen) => `${String(status)} ${body.at('code').text}`;
const without = (field: string) => {
  const { [field]: _left, ...rest } = requestBody(own) as Record<string, unknown>;
  return rest;
};
const onBehalfOf = { customerTenantId: customerTenant };
const expired = { token: { expiresIn: -120 } };
const stranger = { token: { tenant: '99999999-0000-4000-8000-000000000009' } };

describe('bad input is answered with a problem document, a code and a next step, and nothing is stored', () => {
  it.each<[string, string, () => Promise<Seen>]>([
    ['a missing justification', '400 invalid-body', () => submit('customer', without('justification'))],
    [
      'a justification that is too short',
      '400 invalid-body',
      () => submit('customer', requestBody(own, { justification: 'Because.' })),
    ],
    [
      'liability not acknowledged',
      '400 invalid-body',
      () => submit('customer', requestBody(own, { acknowledgedLiability: false })),
    ],
    [
      'an unknown field',
      '400 invalid-body',
      () => submit('customer', requestBody(own, { state: 'approved' })),
    ],
    [
      'no volume',
      '400 invalid-body',
      () =>
        submit(
          'customer',
          requestBody(own, { sending: { kinds: ['system'], domains: ['a.example'], dailyVolume: 0 } }),
        ),
    ],
    [
      'a body that is no JSON',
      '400 malformed-json',
      () =>
        submit('customer', undefined, {
          raw: { contentType: 'application/json', text: '{"subscriptionId"' },
        }),
    ],
    [
      'a wrong content type',
      '415 unsupported-media-type',
      () => submit('customer', undefined, { raw: { contentType: 'text/plain', text: 'hello' } }),
    ],
    [
      'a body of 2 MB',
      '413 body-too-large',
      () => submit('customer', requestBody(own, { justification: 'x'.repeat(2_000_000) })),
    ],
    ['an unregistered subscription', '404 not-found', () => submit('customer', requestBody(randomUUID()))],
    [
      'a foreign subscription',
      '404 not-found',
      async () => submit('customer', requestBody(await foreignSubscription())),
    ],
    [
      'a customer with onBehalfOf',
      '400 on-behalf-of-unexpected',
      () => submit('customer', requestBody(own, { onBehalfOf })),
    ],
    ['a partner without onBehalfOf', '400 on-behalf-of-missing', () => submit('partner', requestBody(own))],
    [
      'a partner for a pay-as-you-go customer',
      '422 customer-must-request',
      () => submit('partner', requestBody(own, { onBehalfOf })),
    ],
    ['an expired token', '401 token-expired', () => submit('customer', requestBody(own), expired)],
    ['no token', '401 token-missing', () => submit(null, requestBody(own))],
    [
      'a token of a tenant that nobody registered',
      '401 token-invalid',
      () => submit('customer', requestBody(own), stranger),
    ],
    ['a platform engineer who files', '403 role-missing', () => submit('reviewer', requestBody(own))],
    [
      'a bad idempotency key',
      '400 idempotency-key-invalid',
      () => submit('customer', requestBody(own), { headers: { 'idempotency-key': 'a b' } }),
    ],
  ])('%s: %s', async (_name, expected, ask) => {
    const before = await stored();
    const seen = await ask();
    expect(summary(seen)).toBe(expected);
    expect(seen.headers.get('content-type')).toContain('application/problem+json');
    expect(seen.body.at('detail').text.length).toBeGreaterThan(20);
    expect(seen.body.at('traceId').text).toMatch(/^[0-9a-f]{32}$/);
    expect(await stored()).toBe(before);
  });

  it('a justification that is missing has its own field code', async () => {
    const seen = await submit('customer', without('justification'));
    expect(seen.body.at('errors', 0).value).toMatchObject({
      pointer: '/justification',
      code: 'justification-missing',
    });
  });

  it('a partner without a relationship sees nothing: 404, the same body as for what does not exist (I12)', async () => {
    const other = { token: { tenant: '00000000-0000-4000-8000-0000000000aa' } };
    await postern.call('operator', 'PUT', `/v1/admin/tenants/${other.token.tenant}`, {
      body: { kind: 'partner', name: 'Unrelated' },
    });
    const filed = await submit('partner', requestBody(own, { onBehalfOf }), other);
    expect(summary(filed)).toBe('404 not-found');
    const read = await postern.call('partner', 'GET', `/v1/subscriptions/${own}`, other);
    const absent = await postern.call('partner', 'GET', `/v1/subscriptions/${randomUUID()}`, other);
    const told = ({ body }: Seen) => [body.at('code').text, body.at('title').text, body.at('detail').text];
    expect([read.status, told(read)]).toEqual([404, told(absent)]);
  });

  it('a partner loses sight at once when its relationship ends, and the customer keeps it (I12)', async () => {
    const subscriptionId = await aSubscription(postern, {
      offer: { quotaId: 'CSP_2015-05-01', offerId: 'MS-AZR-0145P' },
      partnerTenantId: partnerTenant,
    });
    const filed = await submit('partner', requestBody(subscriptionId, { onBehalfOf }));
    expect(filed.status).toBe(201);
    const path = `/v1/exemption-requests/${filed.body.at('id').text}`;
    const relationship = `/v1/admin/partner-relationships/${partnerTenant}/${customerTenant}`;
    await postern.call('operator', 'PUT', relationship, {
      body: { status: 'terminated', validFrom: '2020-01-01T00:00:00Z' },
    });
    expect((await postern.call('partner', 'GET', path)).status).toBe(404);
    expect(
      (
        await postern.call('partner', 'POST', `${path}/withdraw`, {
          raw: { contentType: 'text/plain', text: 'x' },
        })
      ).status,
    ).toBe(404);
    expect((await postern.call('customer', 'GET', path)).status).toBe(200);
    await postern.call('operator', 'PUT', relationship, {
      body: { status: 'active', validFrom: '2020-01-01T00:00:00Z' },
    });
  });

  it('a second live request is a conflict that names what to do (I2)', async () => {
    const subscriptionId = await aSubscription(postern);
    await file(postern, subscriptionId);
    const second = await submit('customer', requestBody(subscriptionId));
    expect(summary(second)).toBe('409 live-request-exists');
    expect(second.body.at('refusals', 0, 'nextStep').text.length).toBeGreaterThan(10);
  });

  it('answers a repeated key alike, refuses it for another body, and files once (I11)', async () => {
    const subscriptionId = await aSubscription(postern);
    const headers = { 'idempotency-key': randomUUID() };
    const before = await stored();
    const first = await submit('customer', requestBody(subscriptionId), { headers });
    const again = await submit('customer', requestBody(subscriptionId), { headers });
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([
      201,
      201,
      'true',
    ]);
    expect(again.body.value).toEqual(first.body.value);
    expect([again.headers.get('location'), again.headers.get('etag')]).toEqual([
      first.headers.get('location'),
      first.headers.get('etag'),
    ]);
    const reused = await submit('customer', requestBody(subscriptionId, { relayCannotBeUsed: false }), {
      headers,
    });
    expect(summary(reused)).toBe('422 idempotency-key-reused');
    expect(await stored()).toBe(before + 1);
  });

  it('hides what is out of scope before it says anything about a body', async () => {
    const path = `/v1/exemption-requests/${randomUUID()}/withdraw`;
    expect((await postern.call('customer', 'POST', path, { body: { nonsense: true } })).status).toBe(404);
    expect(
      (await postern.call('customer', 'POST', path, { raw: { contentType: 'text/plain', text: 'x' } }))
        .status,
    ).toBe(404);
  });

  it('keeps customers out of the admin API, and knows no routes that are not built', async () => {
    expect(summary(await postern.call('customer', 'GET', '/v1/admin/exemption-requests'))).toBe(
      '403 role-missing',
    );
    expect(summary(await postern.call('partner', 'POST', '/v1/admin/violations', { body: {} }))).toBe(
      '403 role-missing',
    );
    for (const path of ['/v1/admin/appeals', '/v1/admin/statistics', '/v1/webhook-endpoints']) {
      expect((await postern.call('operator', 'GET', path)).status).toBe(404);
    }
  });

  it('refuses unknown query parameters, bad limits and cursors that are not of this list', async () => {
    const list = (query: string) => postern.call('customer', 'GET', `/v1/exemption-requests${query}`);
    expect(summary(await list('?sort=x'))).toBe('400 invalid-query');
    expect(summary(await list('?limit=201'))).toBe('400 invalid-query');
    const page = await list('?limit=1');
    const cursor = page.body.at('nextCursor').text;
    expect(page.headers.get('link')).toContain('rel="next"');
    expect((await list(`?limit=1&cursor=${cursor}`)).status).toBe(200);
    expect(summary(await list(`?state=denied&cursor=${cursor}`))).toBe('400 cursor-invalid');
    expect(summary(await postern.call('auditor', 'GET', `/v1/exemption-requests?cursor=${cursor}`))).toBe(
      '400 cursor-invalid',
    );
  });
});

async function foreignSubscription(): Promise<string> {
  const tenantId = '00000000-0000-4000-8000-0000000000bb';
  await postern.call('operator', 'PUT', `/v1/admin/tenants/${tenantId}`, {
    body: { kind: 'customer', name: 'Another' },
  });
  return aSubscription(postern, { tenantId });
}
