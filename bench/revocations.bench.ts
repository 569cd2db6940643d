import { setTimeout as delay } from 'node:timers/promises';
import type { CloudStage } from './cloud-stage.js';
import type { Extent } from './extent.js';
import type { BenchStage } from './stage.js';

export interface RevocationFigures {
  readonly samples: number;
  readonly p99Seconds: number;
  readonly medianSeconds: number;
  /** Restarts that were still waiting when the last gate was closed: the queue was never empty. */
  readonly leftInLine: number;
  /** Checks of another tenant that waited when the first was ordered. */
  readonly waitingChecks: number;
}

const waiting = `SELECT count(*)::integer AS count FROM effects
  WHERE type = 'restart-vm' AND state IN ('pending', 'dispatched')`;

/** Restarts that are due, each of which is taken up, loaded and settled. */
async function queueRestarts(stage: BenchStage, queued: number): Promise<void> {
  await stage.sql.query(
    `INSERT INTO effects (type, payload, priority, due_at, created_at)
     SELECT 'restart-vm', jsonb_build_object('restartId', gen_random_uuid()), 2, now(), now() FROM generate_series(1, $1) n`,
    [queued],
  );
}

/** Checks of another tenant: they are due, and their requests are gone, so that each is taken up and settled. */
async function floodWithChecks(stage: BenchStage, checks: number): Promise<void> {
  await stage.sql.query(
    `INSERT INTO effects (type, payload, priority, for_tenant, due_at, created_at)
     SELECT 'run-fraud-check', jsonb_build_object('requestId', gen_random_uuid(), 'round', 1, 'check', 'young-subscription'),
       4, 'f1000000-0000-4000-8000-000000000000', now(), now() FROM generate_series(1, $1) n`,
    [checks],
  );
}

async function countWaiting(stage: BenchStage): Promise<number> {
  const { rows } = await stage.sql.query<{ count: number }>(waiting);
  return rows[0]?.count ?? 0;
}

/**
 * B7: from the order of a revocation to the closed gate, one after another, behind ten thousand queued restarts, while fifty
 * thousand checks of another tenant wait (F30).
 */
export async function benchRevocations(
  stage: BenchStage,
  cloud: CloudStage,
  { queuedRestarts: queued, revocations, waitingChecks }: Extent,
): Promise<RevocationFigures> {
  await cloud.replaceWorker();
  const { rows } = await stage.sql.query<{ id: string; subscription_id: string }>(
    `SELECT id, subscription_id FROM exemptions WHERE state = 'effective' LIMIT $1`,
    [revocations],
  );
  await floodWithChecks(stage, waitingChecks);
  const seconds: number[] = [];
  let leftInLine = queued;
  for (const { id, subscription_id: subscriptionId } of rows) {
    if ((await countWaiting(stage)) < queued / 2) await queueRestarts(stage, queued);
    const begun = performance.now();
    await revoke(cloud, id);
    const subscription = cloud.emulator.world.cloud.subscription(subscriptionId);
    while (subscription.gate === 'open') {
      if (performance.now() - begun > 60_000) throw new Error('a gate was not closed within a minute');
      await delay(2);
    }
    seconds.push((performance.now() - begun) / 1_000);
    leftInLine = Math.min(leftInLine, await countWaiting(stage));
  }
  const sorted = seconds.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { samples: sorted.length, p99Seconds: at(0.99), medianSeconds: at(0.5), leftInLine, waitingChecks };
}

async function revoke({ desk }: CloudStage, id: string): Promise<void> {
  const page = await desk.ask('approver', 'GET', `/v1/admin/exemptions/${id}`);
  const path = `/v1/admin/exemptions/${id}/revoke`;
  const order = { reasonCode: 'terms-violated', internalReason: 'bench' };
  const answer = await desk.ask('approver', 'POST', path, order, page.headers.get('etag') ?? undefined);
  if (answer.status >= 300)
    throw new Error(`a revocation was answered ${String(answer.status)}: ${answer.body.text}`);
}
