import { randomUUID } from 'node:crypto';
import { allRoutes } from '../../src/http/routes.js';
import type { AnyRoute } from '../../src/http/route.js';
import { changedTables, dumpRows } from '../support/dump-rows.js';
import { namedBy, pathFor, refusalOf } from '../support/object-matrix.js';
import { askRaw, indistinguishable, type Asked, type RawAnswer } from '../support/raw-answer.js';
import {
  startTenancyWorld,
  type MatrixCaller,
  type MatrixCase,
  type TenancyWorld,
} from '../support/tenancy-world.js';

let world: TenancyWorld;
beforeAll(async () => {
  world = await startTenancyWorld();
});
afterAll(() => world.api.close());

const withIds = allRoutes.filter(({ path }) => path.includes('/:'));
const ask = (caller: MatrixCaller, asked: Asked): Promise<RawAnswer> =>
  askRaw(world.api.url, caller.client.token, asked);
const requests = '/v1/exemption-requests';
const caller = (name: string) => world.callers.find((one) => one.name === name) as MatrixCaller;

/** A body that no route takes: who may not know of a thing is told so before anybody looks at it, and nothing changes. */
const spoilt = { 'no-such-field': true };

/** What who may is answered: a read is read, a write is refused for its body. An entry may wait for its place still. */
function isServed({ method }: AnyRoute, { status }: RawAnswer): boolean {
  return method === 'GET' ? status === 200 || status === 409 : status === 400;
}

/** Asks by every method that reads or writes: HEAD tells as much as GET. */
function askingFor({ method }: AnyRoute, path: string, body: unknown = spoilt): readonly Asked[] {
  if (method !== 'GET') return [{ method, path, body }];
  return [
    { method: 'GET', path },
    { method: 'HEAD', path },
  ];
}

/** Of what belongs to the platform all cases are alike: one of each customer will do. */
const casesOf = (route: AnyRoute) =>
  namedBy(route).belongs === 'platform' ? world.cases.slice(-2) : world.cases;

/** What a caller is answered on a route, other than the rule says, or other for what is foreign than for nothing. */
async function misfitsOf(route: AnyRoute, who: MatrixCaller): Promise<readonly string[]> {
  const absent = await Promise.all(askingFor(route, pathFor(route, null, world)).map((one) => ask(who, one)));
  const expected = refusalOf(who, route, null, world);
  const wrong = absent.filter(({ status }) => status !== expected);
  const found = wrong.map(({ status }) => `${who.name}, of nothing: ${status}, not ${String(expected)}`);
  const told = absent.map(indistinguishable);
  const looks = casesOf(route).flatMap((one) =>
    askingFor(route, pathFor(route, one, world)).map(async (asked, at) => {
      const refused = refusalOf(who, route, one, world);
      if (refused === null && asked.method === 'HEAD') return; // that it is GET without a body is shown of every route elsewhere
      const answer = await ask(who, asked);
      const about = `${who.name}, ${asked.method} of what was ${one.name}`;
      const isRight = refused === null ? isServed(route, answer) : answer.status === refused;
      if (!isRight) found.push(`${about}: ${answer.status}, not ${String(refused ?? 'served')}`);
      if (refused !== null && indistinguishable(answer) !== told[at])
        found.push(`${about}: told apart from what is not there: ${indistinguishable(answer)}`);
    }),
  );
  await Promise.all(looks);
  return found;
}

describe('API1:2023 every route with an id, for every caller (I12)', () => {
  it('is known to the matrix', () => {
    expect(withIds.length).toBeGreaterThan(30);
    for (const route of withIds) expect(() => namedBy(route)).not.toThrow();
  });

  it.each(withIds.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s: what is not theirs is as if it were not there',
    async (_name, route) => {
      const found: string[] = [];
      for (const who of world.callers) found.push(...(await misfitsOf(route, who)));
      expect(found.slice(0, 10)).toEqual([]);
    },
  );

  it('writes nothing for who may not, whatever whole body they send', async () => {
    const rows = () => dumpRows(world.api.database.ownerUrl);
    const before = await rows();
    let asked = 0;
    for (const route of withIds.filter(({ method }) => method !== 'GET'))
      for (const who of world.callers) {
        const refused = casesOf(route).filter((one) => refusalOf(who, route, one, world) !== null);
        const answers = refused.map((one) =>
          ask(who, {
            method: route.method,
            path: pathFor(route, one, world),
            body: route.example ?? {},
            headers: { 'if-match': '"1"' },
          }),
        );
        const statuses = (await Promise.all(answers)).map(({ status }) => status);
        const expected = refused.map((one) => refusalOf(who, route, one, world));
        expect([who.name, route.path, ...statuses]).toEqual([who.name, route.path, ...expected]);
        asked += statuses.length;
      }
    expect(asked).toBeGreaterThan(500);
    expect(changedTables(before, await rows())).toEqual([]);
  });

  it('knows an id however it is spelt', async () => {
    const [own] = world.cases as [MatrixCase];
    const absent = randomUUID();
    const spellings: readonly ((id: string) => string)[] = [
      (id) => id.toUpperCase(),
      (id) => `${id}/`,
      (id) => `%${id.charCodeAt(0).toString(16)}${id.slice(1)}`,
      (id) => `${id}?`,
      (id) => `${id}%00`,
      (id) => `{${id}}`,
      (id) => `../exemption-requests/${id}`,
    ];
    for (const spell of spellings) {
      const [foreign, nothing] = await Promise.all(
        [own.requestId, absent].map((id) =>
          ask(caller('another customer'), { method: 'GET', path: `${requests}/${spell(id)}` }),
        ),
      );
      expect(foreign && indistinguishable(foreign)).toBe(nothing && indistinguishable(nothing));
      expect([400, 404]).toContain(foreign?.status);
    }
  });
});
