import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { until } from '../../launch/demo/desk.js';
import {
  aSubscription,
  decide,
  exemptionState,
  file,
  granted,
  machineRows,
  powerCalls,
  registerDevelopmentTenants,
  reviewed,
} from '../support/filing.js';
import { startPostern, type Postern } from '../support/postern.js';

const dayMs = 86_400_000;
const managed = { mode: 'managed', maxUnavailable: 1, canary: false };
const observed = { mode: 'observed' };

describe('a process with a clock of its own (F29)', () => {
  let postern: Postern;
  let sql: pg.Client;
  beforeAll(async () => {
    postern = await startPostern({
      env: { NODE_OPTIONS: `--import=${path.resolve(__dirname, '../support/shifted-clock.mjs')}` },
    });
    sql = new pg.Client({ connectionString: postern.database.ownerUrl });
    await sql.connect();
    await registerDevelopmentTenants(postern);
  });
  afterAll(async () => {
    await sql.end();
    await postern.stop();
  });

  const fileOf = (process: 'worker' | 'api') => path.join(postern.dataDir, `clock-of-${process}`);
  const shift = (process: 'worker' | 'api', days: number) =>
    writeFileSync(fileOf(process), String(days * dayMs));
  const isRight = (process: 'worker' | 'api') => rmSync(fileOf(process), { force: true });
  const readiness = (process: 'worker' | 'api') => async () =>
    (await fetch(`${process === 'worker' ? postern.workerUrl : postern.apiUrl}/readyz`)).status;
  const isReady = (process: 'worker' | 'api', status: 200 | 503) =>
    until(`the ${process} to be ${String(status)}`, readiness(process), (seen) => seen === status, 120_000);
  const one = async <T>(text: string) => (await sql.query<{ value: T }>(text)).rows[0]?.value;

  it.each([
    ['ahead', 30],
    ['behind', -30],
  ])(
    'a worker 30 days %s lapses no question, ends no right, and starts what it stopped once it is right (I13, I18)',
    async (_where, days) => {
      const asked = await file(postern, await aSubscription(postern));
      await reviewed(postern, asked);
      const question = { question: 'Which list do you write to?', fields: [] };
      const page = `/v1/admin/exemption-requests/${asked}`;
      expect((await decide(postern, 'reviewer', page, 'request-information', question)).status).toBe(200);
      const dated = await granted(postern, await aSubscription(postern), observed, () => ({
        expiresOn: new Date(Date.now() + 20 * dayMs).toISOString(),
      }));
      await exemptionState(postern, dated, 'effective', 120_000);
      const subscriptionId = await aSubscription(postern, { machines: ['mx1'] });
      const cycled = await granted(postern, subscriptionId, managed);
      const rows = () => machineRows(postern, cycled);
      const isStopped = (all: Awaited<ReturnType<typeof rows>>) =>
        all.some((row) => row.at('state').text === 'deallocating');
      await until('mx1 to be deallocated', rows, isStopped, 120_000);
      shift('worker', days);
      await isReady('worker', 503);
      const metrics = await (await fetch(`${postern.workerUrl}/metrics`)).text();
      const [, ahead = '0'] = /^postern_clock_ahead_seconds (\S+)$/m.exec(metrics) ?? [];
      expect(Math.round(Number(ahead) / 86_400)).toBe(days);
      // Several sweeps, and both that were asked, come and go meanwhile.
      const looked = await one<string>('SELECT clock_timestamp()::text AS value');
      const later = () =>
        one<boolean>(
          `SELECT clock_timestamp() > '${looked ?? ''}'::timestamptz + interval '5 seconds' AS value`,
        );
      await until('a few sweeps', later, (isLater) => isLater === true, 60_000);
      expect(await readiness('worker')()).toBe(503);
      isRight('worker');
      await isReady('worker', 200);
      await exemptionState(postern, cycled, 'effective', 120_000);
      expect(await powerCalls(postern, subscriptionId)).toEqual(['deallocate mx1', 'start mx1']);
      const request = await postern.call('reviewer', 'GET', `/v1/exemption-requests/${asked}`);
      expect(request.body.at('state').text).toBe('awaiting-information');
      await exemptionState(postern, dated, 'effective');
      const absurd = `SELECT count(*)::integer AS value FROM effects WHERE state = 'pending' AND due_at > now() + interval '2 days'`;
      expect(await one<number>(absurd)).toBe(0);
      const elsewhere = `SELECT count(*)::integer AS value FROM history WHERE at > now() + interval '1 hour' OR at < now() - interval '1 day'`;
      expect(await one<number>(elsewhere)).toBe(0);
    },
    360_000,
  );

  it.each([
    ['ahead', 30],
    ['behind', -30],
  ])('an API 30 days %s takes and tells nothing, and goes on once it is right', async (_where, days) => {
    const subscriptionId = await aSubscription(postern);
    const filed = 'SELECT count(*)::integer AS value FROM exemption_requests';
    const before = await one<number>(filed);
    shift('api', days);
    await isReady('api', 503);
    const read = await postern.call('reviewer', 'GET', '/v1/admin/exemptions');
    expect(read.status).toBe(503);
    expect(read.headers.get('retry-after')).not.toBeNull();
    expect(read.body.at('detail').text).toContain('clock');
    await expect(file(postern, subscriptionId)).rejects.toThrow('503');
    expect(await one<number>(filed)).toBe(before);
    isRight('api');
    await isReady('api', 200);
    await file(postern, subscriptionId);
  });
});
