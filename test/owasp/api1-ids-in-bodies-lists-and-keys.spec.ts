import { randomUUID } from 'node:crypto';
import { isInSight } from '../support/object-matrix.js';
import { askRaw, indistinguishable, type Asked, type RawAnswer } from '../support/raw-answer.js';
import { aRequest } from '../support/registry.js';
import {
  startTenancyWorld,
  type MatrixCaller,
  type MatrixCase,
  type TenancyWorld,
} from '../support/tenancy-world.js';

/** Ids do not only stand in paths: bodies, filters, cursors and idempotency keys name things, too. */
let world: TenancyWorld;
beforeAll(async () => {
  world = await startTenancyWorld();
});
afterAll(() => world.api.close());

const requests = '/v1/exemption-requests';
const ask = (who: MatrixCaller, asked: Asked): Promise<RawAnswer> =>
  askRaw(world.api.url, who.client.token, asked);
const caller = (name: string) => world.callers.find((one) => one.name === name) as MatrixCaller;
const whoMayFile = () =>
  world.callers.filter(({ kind, roles }) => kind !== 'platform' && roles.includes('Requester'));

describe('API1:2023 ids in bodies', () => {
  const naming = (id: string, customerTenantId: string | null) => {
    const request = aRequest(id, customerTenantId === null ? {} : { onBehalfOf: { customerTenantId } });
    return [
      { method: 'POST', path: requests, body: request },
      { method: 'POST', path: requests, body: request, headers: { 'idempotency-key': randomUUID() } },
      { method: 'POST', path: `${requests}/batch`, body: { requests: [request] } },
      { method: 'POST', path: '/v1/eligibility', body: { subscriptionId: id } },
    ] as const;
  };

  it('are looked for in the caller’s scope: a foreign subscription is as if it were not there', async () => {
    let asked = 0;
    for (const who of whoMayFile())
      for (const one of world.cases) {
        if (isInSight(who, 'subscription', one, world)) continue;
        const behalf = who.kind === 'partner' ? one.tenantId : null;
        const nothing = naming(randomUUID(), behalf);
        for (const [at, about] of naming(one.subscriptionId, behalf).entries()) {
          const foreign = await ask(who, about);
          const absent = await ask(who, nothing[at] as Asked);
          expect([who.name, one.name, indistinguishable(foreign)]).toEqual([
            who.name,
            one.name,
            indistinguishable(absent),
          ]);
          expect(
            about.path.endsWith('batch') ? JSON.parse(foreign.text).items[0].status : foreign.status,
          ).toBe(404);
          asked += 1;
        }
      }
    expect(asked).toBeGreaterThan(80);
  });

  it('name for whom a partner files, and no other customer than the subscription’s: 400, whoever that would be', async () => {
    const who = caller('the partner that filed');
    const own = world.cases[1] as MatrixCase;
    const foreign = (world.cases.at(-1) as MatrixCase).tenantId;
    const answers = [];
    for (const customerTenantId of [foreign, randomUUID()])
      answers.push(await ask(who, naming(own.subscriptionId, customerTenantId)[0]));
    expect(new Set(answers.map(indistinguishable)).size).toBe(1);
    expect(answers[0]?.status).toBe(400);
  });
});

describe('API1:2023 lists', () => {
  const ids = async (who: MatrixCaller, path: string, key: string): Promise<readonly string[]> => {
    const { status, text } = await ask(who, { method: 'GET', path });
    expect([who.name, path, status]).toEqual([who.name, path, 200]);
    return (JSON.parse(text).items as Readonly<Record<string, string>>[]).map((item) => item[key] ?? '');
  };
  const seenBy = (who: MatrixCaller, belongs: 'filed' | 'subscription', only: Partial<MatrixCase> = {}) =>
    world.cases
      .filter((one) => isInSight(who, belongs, one, world))
      .filter((one) => Object.entries(only).every(([key, value]) => one[key as keyof MatrixCase] === value));

  it('hold what is the caller’s and no row more, whatever they are filtered by', async () => {
    for (const who of whoMayFile()) {
      const expected = seenBy(who, 'subscription').map(({ subscriptionId }) => subscriptionId);
      expect((await ids(who, '/v1/subscriptions?limit=200', 'subscriptionId')).toSorted()).toEqual(
        expected.toSorted(),
      );
      for (const { subscriptionId, tenantId } of world.cases)
        for (const only of [{}, { subscriptionId }, { tenantId }]) {
          const query = new URLSearchParams({ limit: '200' });
          if (only.subscriptionId !== undefined) query.set('subscriptionId', only.subscriptionId);
          if (only.tenantId !== undefined) query.set('customerTenantId', only.tenantId);
          const seen = await ids(who, `${requests}?${query.toString()}`, 'id');
          expect([who.name, ...seen.toSorted()]).toEqual([
            who.name,
            ...seenBy(who, 'filed', only)
              .map(({ requestId }) => requestId)
              .toSorted(),
          ]);
        }
    }
  });

  it('filtered by what is foreign are as those filtered by what is not there', async () => {
    const who = caller('another customer');
    const [own] = world.cases as [MatrixCase];
    for (const [name, foreign] of [
      ['subscriptionId', own.subscriptionId],
      ['customerTenantId', own.tenantId],
    ] as const) {
      const asked = [foreign, randomUUID()].map((id) =>
        ask(who, { method: 'GET', path: `${requests}?${name}=${id}` }),
      );
      const [one, other] = await Promise.all(asked);
      expect(one && indistinguishable(one)).toBe(other && indistinguishable(other));
    }
    // A filter of the platform's queue is none of a requester's list.
    const { status } = await ask(who, { method: 'GET', path: `${requests}?partnerTenantId=${own.tenantId}` });
    expect(status).toBe(400);
  });

  it('of proofs of control hold a partner’s own, and for the customer all', async () => {
    for (const who of whoMayFile())
      for (const one of seenBy(who, 'subscription')) {
        const seen = await ids(who, `/v1/subscriptions/${one.subscriptionId}/control-proofs`, 'askedBy');
        const isSeen = who.kind === 'customer' || who.tenantId === one.filedBy;
        expect([who.name, one.name, seen.length]).toEqual([who.name, one.name, isSeen ? 1 : 0]);
      }
  });

  it('of a portfolio hold the customers of active relationships, and of their requests the partner’s own', async () => {
    for (const who of whoMayFile().filter(({ kind }) => kind === 'partner')) {
      const { text } = await ask(who, { method: 'GET', path: '/v1/portfolio' });
      const { items } = JSON.parse(text) as {
        items: { customerTenantId: string; requests: Record<string, number> }[];
      };
      const customers = new Set(seenBy(who, 'subscription').map(({ tenantId }) => tenantId));
      expect([who.name, ...items.map(({ customerTenantId }) => customerTenantId)]).toEqual([
        who.name,
        ...customers,
      ]);
      const counted = items
        .flatMap((item) => Object.values(item.requests))
        .reduce((sum, count) => sum + count, 0);
      expect([who.name, counted]).toEqual([who.name, seenBy(who, 'filed').length]);
    }
  });
});

describe('API1:2023 what was made for somebody else', () => {
  it('a cursor is good for whom it was made: 400 for all others, as for one that was invented', async () => {
    for (const path of [requests, '/v1/subscriptions']) {
      const { text } = await ask(caller('its customer'), { method: 'GET', path: `${path}?limit=1` });
      const cursor = JSON.parse(text).nextCursor as string;
      const page = (who: MatrixCaller, given: string) =>
        ask(who, { method: 'GET', path: `${path}?limit=1&cursor=${given}` });
      expect((await page(caller('its customer'), cursor)).status).toBe(200);
      const [payload = ''] = cursor.split('.');
      for (const who of world.callers.filter(
        ({ name, kind, roles }) =>
          name !== 'its customer' && kind !== 'anonymous' && !roles.includes('Ingest'),
      )) {
        const theirs = await page(who, cursor);
        const invented = await page(who, `${payload}.${'A'.repeat(43)}`);
        expect([who.name, theirs.status, indistinguishable(theirs)]).toEqual([
          who.name,
          400,
          indistinguishable(invented),
        ]);
      }
    }
  });

  it('an idempotency key gives its answer to who used it, and nobody learns that it was used (I11)', async () => {
    const own = caller('its customer');
    const [one] = world.cases as [MatrixCase];
    const headers = { 'idempotency-key': randomUUID() };
    const path = `${requests}/${one.requestId}/withdraw`;
    const first = await ask(own, { method: 'POST', path, body: {}, headers });
    const again = await ask(own, { method: 'POST', path, body: {}, headers });
    expect([first.status, again.status, again.headers['idempotent-replayed']]).toEqual([409, 409, 'true']);
    for (const who of whoMayFile().filter((other) => !isInSight(other, 'filed', one, world)))
      for (const body of [{}, { reason: 'Another body.' }]) {
        const theirs = await ask(who, { method: 'POST', path, body, headers });
        const nothing = await ask(who, {
          method: 'POST',
          path: `${requests}/${randomUUID()}/withdraw`,
          body,
          headers,
        });
        expect([who.name, theirs.status, indistinguishable(theirs)]).toEqual([
          who.name,
          404,
          indistinguishable(nothing),
        ]);
      }
  });
});
