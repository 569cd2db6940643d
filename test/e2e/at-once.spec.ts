import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { requestBody } from '../../launch/demo/exemption-desk.js';
import { customerTenant } from '../../launch/demo/stories.js';
import { developmentToken, type Persona } from '../../launch/development-token.js';
import {
  aSubscription,
  exemptionState,
  file,
  granted,
  registerDevelopmentTenants,
  reviewed,
} from '../support/filing.js';
import { HttpClient, type HttpAnswer } from '../support/http-client.js';
import { startPostern, type Postern } from '../support/postern.js';
import { queueBackends, testRedisUrl } from '../support/redis-server.js';

const requests = '/v1/exemption-requests';
const crowd = 1_000;

describe.each(queueBackends())('many at once, with the queue on %s', (backend) => {
  let postern: Postern;
  let sql: pg.Client;
  const clients = new Map<Persona, HttpClient>();

  beforeAll(async () => {
    postern = await startPostern({ redisUrl: backend === 'redis' ? testRedisUrl() : null });
    sql = new pg.Client({ connectionString: postern.database.ownerUrl });
    await sql.connect();
    for (const persona of ['customer', 'reviewer', 'approver', 'approver2', 'analyst'] as const) {
      const token = await developmentToken(persona, { dataDir: postern.dataDir });
      clients.set(persona, new HttpClient(postern.apiUrl, token));
    }
    await registerDevelopmentTenants(postern);
  });
  afterAll(async () => {
    await sql.end();
    await postern.stop();
  });

  const as = (persona: Persona): HttpClient => clients.get(persona) ?? new HttpClient(postern.apiUrl, null);
  const count = async (text: string, ...values: readonly unknown[]): Promise<number> => {
    const { rows } = await sql.query<{ count: string }>(`SELECT count(*) FROM ${text}`, [...values]);
    return Number(rows[0]?.count);
  };
  const oneOf = <T>(crowded: readonly T[]): T => {
    expect(crowded).toHaveLength(1);
    return crowded[0] as T;
  };

  /** All steps at once on the version that the page shows; again where a worker moved it between reading and deciding. */
  async function atOnce(
    page: string,
    steps: readonly (readonly [persona: Persona, verb: string, body: object])[],
  ): Promise<readonly HttpAnswer[]> {
    for (let attempt = 1; ; attempt += 1) {
      const etag = (await as('reviewer').get(page)).headers.get('etag') ?? '';
      const answers = await Promise.all(
        steps.map(([persona, verb, body]) => {
          const path = verb === 'withdraw' ? page.replace('/admin', '') : page;
          return as(persona).post(`${path}/${verb}`, body, { 'if-match': etag });
        }),
      );
      if (attempt === 5 || answers.some(({ status }) => status !== 412)) return answers;
    }
  }

  /** One wins, and the others are told that the state or the version is another by now. */
  function winnerOf(answers: readonly HttpAnswer[]): HttpAnswer {
    const [won, lost] = [
      answers.filter(({ status }) => status < 300),
      answers.filter(({ status }) => status >= 300),
    ];
    for (const { status, body } of lost) expect([409, 412, String(body.code)]).toContain(status);
    return oneOf(won);
  }

  it('approve, deny and withdraw: one wins, history shows one, and its effects are there once (F16)', async () => {
    const filed = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const subscriptionId = await aSubscription(postern);
        return { subscriptionId, id: await file(postern, subscriptionId) };
      }),
    );
    await Promise.all(filed.map(({ id }) => reviewed(postern, id)));
    for (const { id, subscriptionId } of filed) {
      const answers = await atOnce(`/v1/admin/exemption-requests/${id}`, [
        ['reviewer', 'approve', { reason: 'Fine.' }],
        ['approver', 'approve', { reason: 'Fine, too.' }],
        [
          'approver2',
          'deny',
          { reasonCode: 'justification-insufficient', internalReason: 'A relay will do.' },
        ],
        ['customer', 'withdraw', {}],
      ]);
      const { state } = winnerOf(answers).body as { state: string };
      expect(['approved', 'denied', 'withdrawn']).toContain(state);
      const ends = `history WHERE aggregate_id = $1 AND to_state IN ('approved', 'denied', 'withdrawn')`;
      expect(await count(ends, id)).toBe(1);
      const grants = state === 'approved' ? 1 : 0;
      expect(await count('exemptions WHERE subscription_id = $1', subscriptionId)).toBe(grants);
    }
  });

  it('suspend, revoke and reinstate: one wins each time, and the gate is ordered once for it (F16)', async () => {
    const subscriptionId = await aSubscription(postern);
    const plan = { mode: 'managed', window: null, maxUnavailable: 1, canary: false };
    const id = await granted(postern, subscriptionId, plan);
    await exemptionState(postern, id, 'effective');
    const page = `/v1/admin/exemptions/${id}`;
    const why = { reasonCode: 'terms-violated', internalReason: 'Complaints.' };
    const steps = [
      ['analyst', 'suspend', { ...why, closeRunning: false }],
      ['approver', 'suspend', { ...why, closeRunning: false }],
      ['approver', 'revoke', why],
      ['approver2', 'reinstate', { internalReason: 'A mistake.' }],
    ] as const;
    const seen: string[] = [];
    while (seen.at(-1) !== 'revoking' && seen.length < 12) {
      const before = await count(`history WHERE aggregate = 'exemption' AND aggregate_id = $1`, id);
      const fence = Number((await as('reviewer').get(page)).body.fence);
      const { body } = winnerOf(await atOnce(page, steps));
      seen.push(String(body.state));
      expect(body.fence).toBe(fence + 1);
      expect(await count(`history WHERE aggregate = 'exemption' AND aggregate_id = $1`, id)).toBeGreaterThan(
        before,
      );
    }
    const ordered = `history WHERE aggregate_id = $1 AND to_state IN ('suspended', 'revoking')`;
    expect(await count(`${ordered} AND to_state = 'revoking'`, id)).toBeLessThanOrEqual(1);
    if (seen.at(-1) === 'revoking') await exemptionState(postern, id, 'revoked');
  });

  it('1,000 submits with one key: one request, and one answer for all that got one (F15, I11)', async () => {
    const subscriptionId = await aSubscription(postern);
    const wanted = { subscriptionId, key: randomUUID() };
    const answers = await Promise.all(Array.from({ length: crowd }, () => submit(wanted)));
    const given = answers.filter(({ status }) => status === 201);
    oneOf([...new Set(given.map((answer) => JSON.stringify(answer.body)))]);
    oneOf(given.filter(({ headers }) => !headers.has('idempotent-replayed')));
    const waiting = answers.filter(({ status }) => status !== 201).map(({ body }) => String(body.code));
    expect(['idempotency-key-in-use', 'unavailable']).toEqual(expect.arrayContaining([...new Set(waiting)]));
    expect(await count('exemption_requests WHERE subscription_id = $1', subscriptionId)).toBe(1);
    // Whoever was told to wait asks again, and is given the same.
    const again = await submit(wanted);
    expect([again.status, again.body.id]).toEqual([201, given[0]?.body.id]);
  });

  interface Wanted {
    readonly subscriptionId: string;
    readonly key: string;
  }
  const submit = ({ subscriptionId, key }: Wanted) =>
    as('customer').post(requests, requestBody(subscriptionId), { 'idempotency-key': key });

  /** All at once; then who found no room (503, fault F7) repeats with the same key, some at a time. */
  async function submitted(all: readonly Wanted[]): Promise<readonly HttpAnswer[]> {
    const answers = await Promise.all(all.map(submit));
    const turnedAway = [...all.keys()].filter((index) => answers[index]?.status === 503);
    for (let from = 0; from < turnedAway.length; from += 25) {
      const repeated = turnedAway.slice(from, from + 25).map(async (index) => {
        expect(answers[index]?.headers.get('retry-after')).toMatch(/^[0-9]+$/);
        answers[index] = await submit(all[index] ?? { subscriptionId: '', key: '' });
      });
      await Promise.all(repeated);
    }
    return answers;
  }

  it('1,000 submits with keys of their own: one request a subscription, whether all ask for one or each for its own (F15, I2)', async () => {
    const contested = await aSubscription(postern);
    const own = Array.from({ length: crowd / 4 }, () => randomUUID());
    await sql.query(
      `INSERT INTO subscriptions (subscription_id, tenant_id, display_name, offer, created_at, state, billing)
       SELECT id, $2, 'Crowd', '{"quotaId": "PayAsYouGo_2014-09-01", "offerId": "MS-AZR-0003P"}', '2024-03-01', 'Enabled',
         '{"paidInvoicesUsd": 2000, "firstInvoicePaidAt": null, "pastDue": false}' FROM unnest($1::uuid[]) id`,
      [own, customerTenant],
    );
    const wanted = own
      .flatMap((id) => [id, contested, contested, contested])
      .map((subscriptionId) => ({ subscriptionId, key: randomUUID() }));
    const all = await submitted(wanted);
    const forOne = all.filter((_, index) => index % 4 !== 0);
    const forOwn = all.filter((_, index) => index % 4 === 0);
    expect(new Set(forOwn.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(forOwn.map(({ body }) => String(body.id))).size).toBe(own.length);
    oneOf(forOne.filter(({ status }) => status === 201));
    for (const { status, body } of forOne.filter(({ status: other }) => other !== 201))
      expect([status, body.code]).toEqual([409, 'live-request-exists']);
    expect(await count('exemption_requests WHERE subscription_id = $1', contested)).toBe(1);
    expect(await count('exemption_requests WHERE subscription_id = ANY ($1)', own)).toBe(own.length);
  });
});
