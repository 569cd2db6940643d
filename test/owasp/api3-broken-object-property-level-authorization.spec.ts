import { readFileSync } from 'node:fs';
import path from 'node:path';
import { mayDo } from '../../src/domain/access/permissions.js';
import { allRoutes } from '../../src/http/routes.js';
import type { AnyRoute } from '../../src/http/route.js';
import { columnNames } from '../support/column-names.js';
import { changedTables, dumpRows } from '../support/dump-rows.js';
import { pathFor, refusalOf } from '../support/object-matrix.js';
import {
  startTenancyWorld,
  type MatrixCaller,
  type MatrixCase,
  type TenancyWorld,
} from '../support/tenancy-world.js';
import { bodiesOf, fieldsBySchema, objectsIn, withFields } from '../support/whole-bodies.js';

/** Names that decide who may what, here or in other services. Columns of all tables are tried beside them. */
const dangerous = [
  'isAdmin',
  'admin',
  'role',
  'roles',
  'permissions',
  'scope',
  'tid',
  'oid',
  'owner',
  'approved',
  'onBehalf',
];
const prototypes = ['__proto__', 'constructor', 'prototype'];
/** Events have the sender's fields, whatever they are: those that are read are read one by one, the rest is dropped. */
const isDelivery = ({ takesEventSecret }: AnyRoute) => takesEventSecret === true;
const withBody = allRoutes.filter((route) => route.method !== 'GET' && !isDelivery(route));
type Json = Readonly<Record<string, unknown>>;

let world: TenancyWorld;
let extra: readonly string[];
let before: ReadonlyMap<string, readonly string[]>;
beforeAll(async () => {
  world = await startTenancyWorld();
  const { ownerUrl } = world.api.database;
  extra = [...(await columnNames(ownerUrl)), ...dangerous];
  before = await dumpRows(ownerUrl);
});
afterAll(() => world.api.close());

const { paths, components } = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '..', '..', 'openapi.json'), 'utf8'),
);
const schemaOf = (route: AnyRoute): Json => {
  const operation = paths[route.path.replace(/:([A-Za-z]+)/g, '{$1}')][route.method.toLowerCase()];
  return operation.requestBody.content['application/json'].schema as Json;
};
const known = (route: AnyRoute) => fieldsBySchema(schemaOf(route), components.schemas as Json);

/** Somebody who may, and a thing of theirs: nothing but the body is wrong. */
function allowed(route: AnyRoute): { readonly who: MatrixCaller; readonly path: string } {
  const one = world.cases[1] as MatrixCase;
  const who = world.callers.find((caller) => {
    if (caller.kind === 'anonymous') return false;
    if (!mayDo({ ...caller, kind: 'caller', tenantKind: caller.kind }, route.permission)) return false;
    return !route.path.includes(':') || refusalOf(caller, route, one, world) === null;
  });
  if (who === undefined) throw new Error(`nobody may ${route.method} ${route.path}`);
  return { who, path: route.path.includes(':') ? pathFor(route, one, world) : route.path };
}

interface Complaint {
  readonly pointer: string;
  readonly code: string;
}

/** What an answer complains of. Requests of a batch are judged one by one, and told so in the place of each. */
function complaints(body: Json): readonly Complaint[] {
  const items = (body['items'] ?? []) as readonly { readonly problem?: Json }[];
  return (items[0]?.problem ?? body)['errors'] as readonly Complaint[];
}

describe('API3:2023 a field that is not the caller’s to set', () => {
  it('is tried in every object of every body', () => {
    expect(extra.length).toBeGreaterThan(300);
    for (const name of [
      'tenant_id',
      'tenantId',
      'state',
      'version',
      'filedBy',
      'verdict',
      'decision',
      'createdAt',
      'id',
    ])
      expect(extra).toContain(name);
    for (const route of withBody) {
      const tried = new Set(bodiesOf(route).flatMap((body) => objectsIn(body)));
      expect([route.path, [...known(route).keys()].filter((pointer) => !tried.has(pointer))]).toEqual([
        route.path,
        [],
      ]);
    }
  });

  it.each(withBody.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s: each column of every table is refused, by name, wherever it stands',
    async (_name, route) => {
      const { who, path: target } = allowed(route);
      for (const body of bodiesOf(route))
        for (const pointer of objectsIn(body)) {
          const names = extra.filter((name) => known(route).get(pointer)?.has(name) !== true);
          const sent = withFields(body, pointer, Object.fromEntries(names.map((name) => [name, 'x'])));
          const answer = await who.client.send(route.method, target, { body: sent });
          const named = new Set(
            complaints(answer.body)
              .filter(({ code }) => code === 'unknown-field')
              .map((complaint) => complaint.pointer),
          );
          expect([pointer, names.filter((name) => !named.has(`${pointer}/${name}`))]).toEqual([pointer, []]);
          expect(answer.status).toBe(route.path.endsWith('/batch') && pointer !== '' ? 200 : 400);
        }
    },
  );

  it('is refused alone, too, beside a body that is right', () => {
    for (const route of withBody) {
      const schema = route.documentedBody ?? route.body;
      for (const body of bodiesOf(route)) {
        expect([route.path, schema.safeParse(body).error]).toEqual([route.path, undefined]);
        for (const pointer of objectsIn(body))
          for (const name of extra.filter((one) => known(route).get(pointer)?.has(one) !== true))
            if (schema.safeParse(withFields(body, pointer, { [name]: null })).success)
              throw new Error(`${route.path} takes ${name} at "${pointer}"`);
      }
    }
  });

  it('is none that reaches an object’s prototype: 400 by name, before anything is made of the body', async () => {
    for (const route of withBody) {
      const { who, path: target } = allowed(route);
      const [body] = bodiesOf(route);
      for (const pointer of objectsIn(body))
        for (const name of prototypes) {
          const text = JSON.stringify(withFields(body, pointer, { 'the-name': { isAdmin: true } }));
          const raw = text.replace('"the-name"', `"${name}"`);
          const answer = await who.client.send(route.method, target, { raw });
          expect([route.path, answer.status, answer.body.errors?.[0]]).toMatchObject([
            route.path,
            400,
            { pointer: `${pointer}/${name}`, code: 'unknown-field' },
          ]);
        }
    }
    expect(({} as Json)['isAdmin']).toBeUndefined();
  });

  it('is none of a query: 400 for each', async () => {
    for (const route of allRoutes) {
      const { who, path: target } = allowed(route);
      const shape = (route.query as { readonly shape?: object }).shape ?? {};
      const names = extra.filter((name) => !(name in shape));
      const body = route.method === 'GET' ? {} : { body: bodiesOf(route)[0] };
      const query = (some: readonly string[]) => some.map((name) => `${name}=x`).join('&');
      const named: string[] = [];
      // In parts: a request line may have 16 kB with its headers.
      for (let at = 0; at < names.length; at += 150) {
        const part = query(names.slice(at, at + 150));
        const answer = await who.client.send(route.method, `${target}?${part}`, body);
        expect([route.path, answer.status]).toEqual([route.path, 400]);
        named.push(...(answer.body.errors as readonly Complaint[]).map(({ pointer }) => pointer));
      }
      expect([route.path, names.filter((name) => !named.includes(`/${name}`))]).toEqual([route.path, []]);
    }
  });

  it('has stored nothing of all this', async () => {
    expect(changedTables(before, await dumpRows(world.api.database.ownerUrl))).toEqual([]);
  });
});
