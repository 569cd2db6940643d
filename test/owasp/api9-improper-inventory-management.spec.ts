import { readFileSync } from 'node:fs';
import path from 'node:path';
import { allRoutes } from '../../src/http/routes.js';
import { startTestApi, type TestApi } from '../support/api.js';
import type { HttpClient } from '../support/http-client.js';
import { askRaw } from '../support/raw-answer.js';
import { servedRoutes } from '../support/served-routes.js';

interface Operation {
  readonly deprecated?: boolean;
  readonly security?: readonly unknown[];
  readonly 'x-permission'?: string;
}
interface Document {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let api: TestApi;
let approver: HttpClient;
let document: Document;
beforeAll(async () => {
  api = await startTestApi();
  approver = await api.as('approver');
  document = (await api.nobody.get('/openapi.json')).body;
});
afterAll(() => api.close());

const routeOf = (method: string, template: string) =>
  `${method.toUpperCase()} ${template.replace(/\{([^{}]+)\}/g, ':$1')}`;
const documented = () =>
  Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: routeOf(method, template), operation })),
  );
const served = () => servedRoutes(api.app);
const filled = (route: string) =>
  route.replace(/:[A-Za-z]+/g, (name) => (name === ':pack' ? 'P3' : '0197a000-0000-7000-8000-0123456789ab'));

describe('API9:2023 what is served', () => {
  it('is what the document tells of, both ways, by the router’s own list', () => {
    const gets = served().filter((route) => !route.startsWith('HEAD '));
    const told = documented().map(({ name }) => name);
    expect(gets.toSorted()).toEqual(told.toSorted());
    expect(gets.length).toBeGreaterThan(50);
  });

  it('is the one list of routes under /v1, and six pages for everybody outside of it', () => {
    const [inside, outside] = [true, false].map((isInside) =>
      documented().filter(({ name }) => name.includes(' /v1/') === isInside),
    );
    const listed = allRoutes.map(({ method, path: template }) => `${method} ${template}`);
    expect(inside?.map(({ name }) => name).toSorted()).toEqual(listed.toSorted());
    expect(new Set(listed).size).toBe(listed.length);
    expect(outside?.map(({ name }) => name).toSorted()).toEqual([
      'GET /audit-keys',
      'GET /docs',
      'GET /livez',
      'GET /openapi.json',
      'GET /problems/:code',
      'GET /readyz',
    ]);
    for (const { operation } of inside ?? []) expect(operation['x-permission']).toBeTruthy();
    for (const { operation } of outside ?? []) expect(operation.security).toEqual([]);
  });

  it('has one document: the committed one is the one that is served', () => {
    const committed = readFileSync(path.resolve(import.meta.dirname, '..', '..', 'openapi.json'), 'utf8');
    expect(document).toEqual(JSON.parse(committed));
  });

  it('has one version: every route is of v1, whose document is 1.x', async () => {
    for (const route of allRoutes) expect(route.path).toMatch(/^\/v1\/[a-z]/);
    expect(document.info.version).toMatch(/^1\./);
    for (const version of ['v0', 'v2', 'beta', 'v1/v1', 'V1', 'api/v1'])
      for (const rest of ['subscriptions', 'admin/exemptions'])
        expect([version, (await approver.get(`/${version}/${rest}`)).status]).toEqual([version, 404]);
  });

  it('answers HEAD where it answers GET: the same status and headers, and no body', async () => {
    const heads = served().filter((route) => route.startsWith('HEAD '));
    const gets = served().filter((route) => route.startsWith('GET '));
    expect(heads.map((route) => route.slice(5)).toSorted()).toEqual(
      gets.map((route) => route.slice(4)).toSorted(),
    );
    for (const route of gets) {
      const target = filled(route.slice(4));
      const [head, get] = await Promise.all(
        ['HEAD', 'GET'].map((method) => askRaw(api.url, approver.token, { method, path: target })),
      );
      expect([target, head?.status, head?.headers['content-type'], head?.text]).toEqual([
        target,
        get?.status,
        get?.headers['content-type'],
        '',
      ]);
    }
  });

  it('answers nothing else on the same paths: 404, and Allow says what there is', async () => {
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'PURGE'];
    const paths = new Set(documented().map(({ name }) => name.split(' ')[1] ?? ''));
    for (const template of paths) {
      // A word may stand where an id does, too: `batch` is read as one by whoever asks for it with GET.
      const there = served()
        .map((route) => route.split(' '))
        .filter(([, path = '']) => new RegExp(`^${path.replace(/:[A-Za-z]+/g, '[^/]+')}$`).test(template))
        .map(([method]) => method);
      for (const method of methods.filter((one) => !there.includes(one))) {
        const { status, headers } = await approver.send(method, filled(template), {});
        expect([method, template, status, headers.get('allow')]).toEqual([
          method,
          template,
          404,
          there.toSorted().join(', '),
        ]);
      }
    }
  });
});

describe('API9:2023 what is not served', () => {
  /** Where debug pages, consoles, copies and switchboards lie, here and elsewhere. */
  const usual = [
    ...['_control/faults', '_control/calls', '_control/clock', '_control/dns', '_control/durations'],
    ...['debug', 'debug/pprof', 'admin', 'admin/queues', 'queues', 'bull-board', 'console', 'status', 'info'],
    ...['swagger', 'swagger.json', 'swagger-ui', 'api-docs', 'docs/json', 'redoc', 'graphql', 'graphiql'],
    ...['actuator', 'actuator/env', 'env', '.env', '.git/config', 'package.json', 'server-status', 'trace'],
    ...['health', 'healthz', 'ping', 'config', 'dev-key.json', 'token', 'login', 'oauth/token', 'robots.txt'],
    ...[
      'v1',
      'v1/',
      'v1/admin',
      'v1/openapi.json',
      'v1/debug',
      'v1/admin/token',
      'v1/admin/people',
      'v1/../metrics2',
    ],
    ...['openapi.yaml', 'metrics', 'metrics/', 'subscriptions/0197a000-0000-7000-8000-0123456789ab'],
  ].map((name) => `/${name}`);

  it('is 404 as all that is absent: no switchboard, no console, no copy of the document', async () => {
    for (const target of usual)
      for (const client of [api.nobody, approver]) {
        const { status, body } = await client.get(target);
        expect([target, status, body.code]).toEqual([target, 404, 'not-found']);
      }
  });
});

describe('API9:2023 a path that there is not', () => {
  it('is not there whatever is sent to it: no body is looked at before (order of statuses)', async () => {
    const bodies = [
      { raw: '<a/>', headers: { 'content-type': 'text/xml' } },
      { raw: '{' },
      { raw: `"${'x'.repeat(300_000)}"` },
      { raw: '{"__proto__": 1}' },
    ];
    for (const client of [api.nobody, approver])
      for (const body of bodies)
        for (const method of ['POST', 'PUT', 'DELETE', 'QUERY']) {
          const answer = await client.send(method, '/v1/nothing', body);
          expect([method, body.raw.slice(0, 9), answer.status, answer.body.code]).toEqual([
            method,
            body.raw.slice(0, 9),
            404,
            'not-found',
          ]);
        }
  });
});

describe('API9:2023 what is to be left', () => {
  it('says so on every answer and in the document, and what stays says nothing of the kind', async () => {
    for (const { method, path: template, deprecated } of allRoutes) {
      const { headers } = await api.nobody.send(method, filled(template), {});
      const isTold = headers.has('deprecation') && headers.has('sunset');
      const operation = documented().find(({ name }) => name === `${method} ${template}`)?.operation;
      expect([template, isTold, operation?.deprecated ?? false]).toEqual([
        template,
        deprecated !== undefined,
        deprecated !== undefined,
      ]);
    }
  });
});
