import { randomUUID } from 'node:crypto';
import { requestBody } from '../launch/demo/exemption-desk.js';
import { developmentToken } from '../launch/development-token.js';
import type { Extent } from './extent.js';
import { mustAnswer, paired, rate, type Pair } from './measure.js';
import type { BenchStage } from './stage.js';

const tenant = '00000000-0000-4000-8000-000000000003';
const inFlight = 16;

async function subscriptions(stage: BenchStage, count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await stage.sql.query(
    `INSERT INTO subscriptions (subscription_id, tenant_id, display_name, offer, created_at, state, billing)
     SELECT id, $2, 'Bench', '{"quotaId": "PayAsYouGo_2014-09-01", "offerId": "MS-AZR-0003P"}', '2024-03-01', 'Enabled',
       '{"paidInvoicesUsd": 2000, "firstInvoicePaidAt": null, "pastDue": false}' FROM unnest($1::uuid[]) id`,
    [ids, tenant],
  );
  return ids;
}

interface Servers {
  readonly postern: string;
  readonly bare: string;
  readonly authorization: string;
}

async function startServers(stage: BenchStage): Promise<Servers> {
  await stage.sql.query(`INSERT INTO tenants VALUES ($1, 'customer', 'Bench') ON CONFLICT DO NOTHING`, [
    tenant,
  ]);
  const env = {
    NODE_ENV: 'development',
    DATABASE_URL: '',
    DATABASE_APP_URL: stage.appUrl,
    PORT: '0',
    LOG_LEVEL: 'silent',
    POSTERN_DATA_DIR: stage.dataDir,
    FILINGS_A_DAY_TENANT: '0', // one tenant files everything
  };
  const token = await developmentToken('customer', { dataDir: stage.dataDir });
  const postern = await stage.start('src/main.js', env);
  const bare = await stage.start('bench/bare-server.js', env);
  return { postern, bare, authorization: `Bearer ${token}` };
}

/** Each submit is for a subscription of its own: a second live request is refused. */
async function benchSubmits(
  stage: BenchStage,
  { postern, bare, authorization }: Servers,
  { pairs, submits }: Extent,
): Promise<Pair> {
  const post = (body: unknown): RequestInit => ({
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const ids = await subscriptions(stage, submits * (pairs + 1) * 2);
  const ours = (from: number) =>
    rate(submits, inFlight, (index) =>
      mustAnswer(`${postern}/v1/exemption-requests`, post(requestBody(ids[from + index] ?? '')), 201),
    );
  const theirs = (from: number) =>
    rate(submits, inFlight, (index) => {
      const body = { id: randomUUID(), subscriptionId: ids[from + index], justification: 'x'.repeat(160) };
      return mustAnswer(`${bare}/submit`, post(body), 201);
    });
  await ours(0);
  await theirs(submits);
  const place = (round: number) => submits * 2 * (round + 1);
  return paired(
    pairs,
    (round) => ours(place(round)),
    (round) => theirs(place(round) + submits),
  );
}

async function benchReads(
  stage: BenchStage,
  { postern, bare, authorization }: Servers,
  { pairs, reads }: Extent,
): Promise<Pair> {
  const { rows } = await stage.sql.query<{ id: string }>(`SELECT id FROM exemption_requests LIMIT 1`);
  const id = rows[0]?.id ?? '';
  const read = (url: string) => () =>
    rate(reads, inFlight, () => mustAnswer(url, { headers: { authorization } }, 200));
  const [ours, theirs] = [read(`${postern}/v1/exemption-requests/${id}`), read(`${bare}/requests/${id}`)];
  await ours();
  await theirs();
  return paired(pairs, ours, theirs);
}

/** B1 and B2: durable submits and single reads a second, over a bare Fastify + pg handler in the same run. */
export async function benchHttp(
  stage: BenchStage,
  extent: Extent,
): Promise<{ readonly submits: Pair; readonly reads: Pair }> {
  const servers = await startServers(stage);
  const submits = await benchSubmits(stage, servers, extent);
  return { submits, reads: await benchReads(stage, servers, extent) };
}
