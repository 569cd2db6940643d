import type { CloudStage } from './cloud-stage.js';
import type { BenchStage } from './stage.js';

const burst = 1_500;

/**
 * Empties each order bucket when its first call comes: as where the owner's own tools used the burst. Full ones would hold
 * nobody up at this size. Gives the instant of each subscription's first order.
 */
export function drainOrders({ emulator: { world }, nowMs }: CloudStage): ReadonlyMap<string, number> {
  const drained = new Set<string>();
  const take = world.throttle.take.bind(world.throttle);
  const firstMs = new Map<string, number>();
  world.throttle.take = (call, id, where, machine) => {
    if ((call === 'deallocate' || call === 'start') && !drained.has(`${id}/${call}`)) {
      firstMs.set(id.toLowerCase(), firstMs.get(id.toLowerCase()) ?? nowMs());
      drained.add(`${id}/${call}`);
      for (let token = 0; token < burst; token += 1) take(call, id, where, `drained${String(token % 150)}`);
    }
    return take(call, id, where, machine);
  };
  return firstMs;
}

const lastBack = `SELECT r.subscription_id AS id, max(extract(epoch FROM h.at) * 1000)::double precision AS at_ms
  FROM history h JOIN restarts r ON r.id = h.aggregate_id
  WHERE h.aggregate = 'restart' AND h.to_state = 'restarted' GROUP BY r.subscription_id`;

/** When orders began and when machines were back, by the simulated clock. */
export async function spans(stage: BenchStage, firstMs: ReadonlyMap<string, number>, begunMs: number) {
  const { rows } = await stage.sql.query<{ id: string; at_ms: number }>(lastBack);
  const firsts = [...firstMs.values()];
  const first = Math.min(...firsts);
  return {
    planningSeconds: { first: (first - begunMs) / 1_000, last: (Math.max(...firsts) - begunMs) / 1_000 },
    makespanSeconds: Math.max(...rows.map((row) => row.at_ms - (firstMs.get(row.id) ?? Number.NaN))) / 1_000,
    overallSeconds: (Math.max(...rows.map((row) => row.at_ms)) - first) / 1_000,
  };
}
