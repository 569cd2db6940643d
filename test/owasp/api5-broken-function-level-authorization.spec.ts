import { randomUUID } from 'node:crypto';
import { tenants } from '../../launch/development-token.js';
import { roles, type TenantKind } from '../../src/domain/access/actor.js';
import { allRoutes } from '../../src/http/routes.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { askRaw, indistinguishable } from '../support/raw-answer.js';
import { aRequest, registerSubscription } from '../support/registry.js';
import { counts, whoCalls } from '../support/who-calls-what.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const filled = (path: string) =>
  path.replace(/:[A-Za-z]+/g, (name) => (name === ':pack' ? 'P3' : randomUUID()));
const names = allRoutes.map(({ method, path }) => `${method} ${path}`);
const kinds = ['customer', 'partner', 'platform'] as const;

async function tokenOf(kind: TenantKind, isApplication: boolean, given: readonly string[]): Promise<string> {
  // The feed's tokens are an application's; all others a person's.
  const like = isApplication ? 'ingest' : 'reviewer';
  const client = await api.as(like, { tenant: tenants[kind], roles: given, oid: randomUUID() });
  return client.token ?? '';
}

async function codeFor(token: string, route: string): Promise<string> {
  const [method = '', path = ''] = route.split(' ');
  const body = method === 'GET' ? undefined : { 'no-such-field': true };
  const { status, text } = await askRaw(api.url, token, { method, path: filled(path), body });
  const { code } = (status === 403 ? JSON.parse(text) : {}) as { readonly code?: string };
  return code === 'role-missing' ? 'may not' : 'may';
}

describe('API5:2023 every function for every role', () => {
  it('is in the table of this test: whoever makes one says whose it is', () => {
    expect(names.filter((route) => !whoCalls.has(route))).toEqual([]);
    expect([...whoCalls.keys()].filter((route) => !names.includes(route))).toEqual([]);
  });

  it.each(kinds.flatMap((kind) => [false, true].map((isApplication) => [kind, isApplication] as const)))(
    'in a %s’s tenant (application: %s) is theirs alone: 403 for all others',
    async (kind, isApplication) => {
      for (const role of roles) {
        const token = await tokenOf(kind, isApplication, [role]);
        const seen = await Promise.all(names.map((route) => codeFor(token, route)));
        const expected = names.map((route) => {
          const isTheirs = counts(role, kind, isApplication) && whoCalls.get(route)?.includes(role);
          return isTheirs || route === 'POST /v1/eligibility' ? 'may' : 'may not';
        });
        const told = (answers: readonly string[]) =>
          answers.map((answer, at) => `${role}: ${names[at] ?? ''}: ${answer}`);
        expect(told(seen)).toEqual(told(expected));
      }
    },
  );

  it('is nobody’s who has no role, or one of a name like it', async () => {
    const alike = [
      'approver',
      'APPROVER',
      'Approver ',
      'Approver,Operator',
      'Admin',
      'Owner',
      '*',
      '',
      'Ｏperator',
    ];
    for (const given of [[], alike])
      for (const kind of kinds) {
        const token = await tokenOf(kind, false, given);
        for (const route of names.filter((name) => name !== 'POST /v1/eligibility'))
          expect([kind, route, await codeFor(token, route)]).toEqual([kind, route, 'may not']);
      }
  });
});

describe('API5:2023 the admin API', () => {
  const admin = names.filter((route) => route.includes(' /v1/admin/'));
  const nobodys = [
    '/v1/admin/exemption-requests/no-id',
    '/v1/admin/policy-packs/P99',
    '/v1/admin/exemptions?colour=blue',
  ];

  it('tells customers and partners 403 before it reads an id, a query or a body', async () => {
    const claims = [...roles];
    for (const kind of ['customer', 'partner'] as const) {
      const token = await tokenOf(kind, false, claims);
      for (const path of nobodys)
        expect([path, (await askRaw(api.url, token, { method: 'GET', path })).status]).toEqual([path, 403]);
      for (const route of admin) {
        const [method = '', template = ''] = route.split(' ');
        if (method === 'GET') continue;
        const answers = new Set<string>();
        for (const [type, raw] of [
          ['application/json', '{'],
          ['text/xml', '<a/>'],
          ['application/json', '"'.padEnd(300_000, 'x')],
        ] as const)
          for (const path of [filled(template), template.replace(/:[A-Za-z]+/g, 'no-id')]) {
            const { status } = await fetch(api.url + path, {
              method,
              body: raw,
              headers: { authorization: `Bearer ${token}`, 'content-type': type },
            });
            answers.add(String(status));
          }
        expect([route, ...answers]).toEqual([route, '403']);
      }
    }
  });

  it('has no other door: neither spelling nor header leads to it', async () => {
    const token = await tokenOf('customer', false, ['Requester', 'Operator']);
    const doors = [
      '/v1//admin/exemptions',
      '/v1/%61dmin/exemptions',
      '/v1/admin%2fexemptions',
      '/V1/ADMIN/EXEMPTIONS',
    ];
    const more = [
      '/v1/subscriptions/..%2fadmin%2fexemptions',
      '/v1/admin;a=b/exemptions',
      '/v1/./admin/exemptions',
      '/v1/admin/exemptions/',
    ];
    for (const path of [...doors, ...more]) {
      const { status } = await fetch(api.url + path, { headers: { authorization: `Bearer ${token}` } });
      expect([path, [400, 403, 404].includes(status)]).toEqual([path, true]);
    }
    const plain = await askRaw(api.url, token, { method: 'GET', path: '/v1/subscriptions' });
    for (const name of ['x-original-url', 'x-rewrite-url', 'x-forwarded-uri', 'x-forwarded-prefix']) {
      const headers = { [name]: '/v1/admin/exemptions' };
      const answer = await askRaw(api.url, token, { method: 'GET', path: '/v1/subscriptions', headers });
      expect(indistinguishable(answer)).toBe(indistinguishable(plain));
    }
  });
});

describe('API5:2023 a method', () => {
  const overriding = ['x-http-method-override', 'x-http-method', 'x-method-override'];

  it('is what the request line says, whatever a header or a query would have it be', async () => {
    const customer = await api.as('customer');
    const id = await registerSubscription(await api.as('operator'));
    const path = `/v1/exemption-requests/${String((await customer.post('/v1/exemption-requests', aRequest(id))).body.id)}`;
    const plain = await askRaw(api.url, customer.token, { method: 'GET', path });
    for (const name of overriding) {
      const headers = { [name]: 'DELETE' };
      const answer = await askRaw(api.url, customer.token, { method: 'GET', path, headers });
      expect(indistinguishable(answer)).toBe(indistinguishable(plain));
      // Nor does a POST become what a GET would be: there is none here.
      const posted = await askRaw(api.url, customer.token, {
        method: 'POST',
        path,
        headers: { [name]: 'GET' },
      });
      expect(posted.status).toBe(404);
    }
    const asked = await askRaw(api.url, customer.token, { method: 'GET', path: `${path}?_method=DELETE` });
    expect(asked.status).toBe(400);
  });
});
