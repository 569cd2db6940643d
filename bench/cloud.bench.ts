import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { requestBody } from '../launch/demo/exemption-desk.js';
import { mostResidentMiB, type CallCounts, type CloudStage } from './cloud-stage.js';
import { drainOrders, spans } from './order-spans.js';
import type { BenchStage } from './stage.js';

const tenant = '00000000-0000-4000-8000-000000000003';
const region = 'westeurope';
const deallocatePerMinute = 500;
/** The simulated clock goes on in steps of at least a quarter of a second: what falls due within one is due together. */
const quantumMs = 250;

export interface FleetSize {
  readonly machines: number;
  readonly subscriptions: number;
  /** After so many minutes by the machine's own clock it is given up. */
  readonly withinMinutes: number;
}

export interface CycleFigures {
  /** From the grants to the first order, and to that of the subscription that came last: the gate, and looks. */
  readonly planningSeconds: { readonly first: number; readonly last: number };
  /** Of the slowest subscription, from its first order until its last machine was back: buckets are a subscription's. */
  readonly makespanSeconds: number;
  /** From the first order of any until the last machine of any was back. */
  readonly overallSeconds: number;
  readonly boundSeconds: number;
  /** Until the last exemption was effective: the looks that prove it included. */
  readonly effectiveSeconds: number;
  readonly calls: CallCounts;
  readonly leastCalls: number;
  readonly apiMiB: number | null;
  readonly workerMiB: number | null;
  readonly realMinutes: number;
}

/** Subscriptions with their running machines, in the cloud and in our registry; gives the subscriptions' ids. */
async function furnish(stage: BenchStage, cloud: CloudStage, size: FleetSize): Promise<readonly string[]> {
  const ids = Array.from({ length: size.subscriptions }, () => randomUUID());
  await stage.sql.query(`INSERT INTO tenants VALUES ($1, 'customer', 'Bench') ON CONFLICT DO NOTHING`, [
    tenant,
  ]);
  await stage.sql.query(
    `INSERT INTO subscriptions (subscription_id, tenant_id, display_name, offer, created_at, state, billing)
     SELECT id, $2, 'Bench', '{"quotaId": "PayAsYouGo_2014-09-01", "offerId": "MS-AZR-0003P"}', '2024-03-01', 'Enabled',
       '{"paidInvoicesUsd": 2000, "firstInvoicePaidAt": null, "pastDue": false}' FROM unnest($1::uuid[]) id`,
    [ids, tenant],
  );
  const { world } = cloud.emulator;
  ids.forEach((id, nth) => {
    const { subscription } = world.cloud.putSubscription(id, { tenantId: tenant });
    for (let index = nth; index < size.machines; index += size.subscriptions)
      world.cloud.putMachine(subscription, 'mail', `mx${String(index)}`, { location: region });
  });
  return ids;
}

/** Files a request for each, lets its checks run, and approves it while the worker's clock stands still. */
async function grantAll(cloud: CloudStage, ids: readonly string[]): Promise<readonly string[]> {
  const following = setInterval(() => cloud.passTo(Date.now()), 50);
  const filed: string[] = [];
  const restart = { mode: 'managed', maxUnavailable: '100%', canary: false };
  for (const id of ids) {
    const answer = await cloud.desk.ask(
      'customer',
      'POST',
      '/v1/exemption-requests',
      requestBody(id, { restart }),
    );
    if (answer.status !== 201)
      throw new Error(`a request was answered ${String(answer.status)}: ${answer.body.text}`);
    filed.push(answer.body.at('id').text);
  }
  const isReviewing = async (id: string) =>
    (await cloud.desk.request('reviewer', id)).at('state').text === 'reviewing';
  for (const id of filed) while (!(await isReviewing(id))) await delay(50);
  clearInterval(following);
  await delay(200);
  const exemptions: string[] = [];
  for (const id of filed) {
    const answer = await cloud.desk.approve(id, 'bench');
    if (answer.status >= 300)
      throw new Error(`an approval was answered ${String(answer.status)}: ${answer.body.text}`);
    exemptions.push(answer.body.at('exemption', 'id').text);
  }
  return exemptions;
}

interface Outlook {
  readonly under_way: boolean;
  readonly next_ms: number | null;
  readonly restarted: number;
  readonly effective: number;
}

/** By priority, as the index has them: a question that reads a hundred thousand rows each time would be part of the load. */
const outlook = `SELECT
  EXISTS (SELECT FROM effects WHERE state = 'dispatched' AND type <> 'send-notification') AS under_way,
  (SELECT extract(epoch FROM min(first.due_at)) * 1000 FROM unnest('{0,2,3,4}'::integer[]) AS priority,
    LATERAL (SELECT due_at FROM effects WHERE state = 'pending' AND effects.priority = priority.priority
      ORDER BY due_at LIMIT 1) first)::double precision AS next_ms`;
const progress = `SELECT (SELECT count(*) FROM restarts WHERE state = 'restarted')::integer AS restarted,
  (SELECT count(*) FROM exemptions WHERE state = 'effective')::integer AS effective`;

/** Says how far it is, once a minute: a run of a hundred thousand machines takes long. */
function progressTold(): (elapsedMs: number, restarted: number) => void {
  const begun = Date.now();
  let toldAt = begun;
  return (elapsedMs, restarted) => {
    if (Date.now() - toldAt < 60_000) return;
    toldAt = Date.now();
    const minutes = Math.round((toldAt - begun) / 60_000);
    process.stderr.write(
      `bench: ${String(restarted)} machines cycled, ${String(Math.round(elapsedMs / 1_000))} simulated seconds, ${String(minutes)} minutes\n`,
    );
  };
}

/** Lets the worker do all that is due, then goes on to what is due next, until every exemption is effective. */
async function drive(stage: BenchStage, cloud: CloudStage, size: FleetSize) {
  const deadline = Date.now() + size.withinMinutes * 60_000;
  cloud.passTo(Date.now());
  const begunMs = cloud.nowMs();
  const tell = progressTold();
  for (;;) {
    const { rows } = await stage.sql.query<Pick<Outlook, 'under_way' | 'next_ms'>>(outlook);
    const [seen] = rows;
    const isIdle =
      seen !== undefined && !seen.under_way && (seen.next_ms === null || seen.next_ms > cloud.nowMs());
    if (!isIdle) {
      if (Date.now() > deadline) throw new Error(`not done within ${String(size.withinMinutes)} minutes`);
      await delay(20);
      continue;
    }
    const [done] = (await stage.sql.query<Pick<Outlook, 'restarted' | 'effective'>>(progress)).rows;
    const elapsedMs = cloud.nowMs() - begunMs;
    tell(elapsedMs, done?.restarted ?? 0);
    if (done?.effective === size.subscriptions) return { begunMs, effectiveMs: elapsedMs };
    if (seen.next_ms === null) throw new Error('nothing is due any more, and it is not done');
    const steps = Math.ceil((seen.next_ms - begunMs) / quantumMs);
    cloud.passTo(begunMs + steps * quantumMs);
  }
}

/** B4, B5 and B8: every machine of every subscription cycled at once, with order buckets that begin empty. */
export async function benchCycles(
  stage: BenchStage,
  cloud: CloudStage,
  size: FleetSize,
): Promise<CycleFigures> {
  const ids = await furnish(stage, cloud, size);
  await grantAll(cloud, ids);
  const begun = Date.now();
  const firstOrderMs = drainOrders(cloud);
  Object.assign(cloud.calls, { orders: 0, polls: 0, looks: 0, pages: 0, subscriptions: 0, throttled: 0 });
  const { begunMs, effectiveMs } = await drive(stage, cloud, size);
  const { deallocateMs, startMs } = cloud.emulator.world.operations.durations;
  const most = Math.ceil(size.machines / size.subscriptions);
  const calls = { ...cloud.calls };
  return {
    ...(await spans(stage, firstOrderMs, begunMs)),
    boundSeconds: (most * 60) / deallocatePerMinute + (deallocateMs + startMs) / 1_000,
    effectiveSeconds: effectiveMs / 1_000,
    calls,
    // A look that lists in full reads the subscription, and asks for three listings (machines, sets, power states) where one
    // page is the least.
    leastCalls: size.machines * 4 + calls.pages - Math.max(0, calls.subscriptions - size.subscriptions),
    apiMiB: mostResidentMiB(cloud.api),
    workerMiB: mostResidentMiB(cloud.worker),
    realMinutes: (Date.now() - begun) / 60_000,
  };
}
