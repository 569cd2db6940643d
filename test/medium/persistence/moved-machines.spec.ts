import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { movedMachines } from '../../../src/adapters/postgres/invariants/moved-machines.js';
import { livesIn, worker, type Life } from './lives.js';
import { createStoreWorld, type StoreWorld } from './store-world.js';

let world: StoreWorld;
let client: pg.Client;
let ended: Life;
let live: Life;
beforeAll(async () => {
  world = await createStoreWorld();
  const lives = livesIn(world);
  ended = await lives.revoked();
  const right = await lives.granted();
  const move = { type: 'moved', fence: 1, movedAt: world.clock.now(), appliesTo: 'next-start' } as const;
  const gate = await lives.onGate(right.gate, move, worker);
  const exemption = await lives.onExemption(right.exemption, { type: 'enabled', fence: 1 }, worker);
  live = { request: right.request, exemption, gate };
  await lives.planned(right);
  client = new pg.Client({ connectionString: world.database.ownerUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await world.close();
});

/** A machine as the records know it, an hour before the right has ended. */
const machine = (of: Life, differs: Readonly<Record<string, unknown>> = {}) => {
  const { subscriptionId, tenantId } = of.exemption;
  const row = {
    subscription_id: subscriptionId,
    tenant_id: tenantId,
    vm_id: randomUUID(),
    resource_id: `/subscriptions/${subscriptionId}/resourceGroups/rg/virtualMachines/mx1`,
    name: 'mx1',
    location: 'westeurope',
    ephemeral_system_disk: false,
    power_state: 'running',
    host: 'held',
    carries: 'open',
    carries_fence: 1,
    seen_at: of === ended ? new Date(Date.parse(ended.exemption.grantedAt) - 3_600_000) : new Date(),
    gone: false,
    ...differs,
  };
  const names = Object.keys(row);
  const places = names.map((_name, index) => `$${String(index + 1)}`);
  return [
    `INSERT INTO machines (${names.join(', ')}) VALUES (${places.join(', ')})`,
    ...Object.values(row),
  ] as const;
};

/** What the invariants of moved machines name when the database was bent like this; it is bent back afterwards. */
async function foundAfter(...statements: readonly (readonly [string, ...unknown[]])[]) {
  await client.query('BEGIN');
  try {
    await client.query('SET LOCAL session_replication_role = replica');
    for (const [sql, ...parameters] of statements) await client.query(sql, parameters);
    const found: string[] = [];
    for (const { id, findBroken } of movedMachines)
      for (const sentence of await findBroken(client)) found.push(`${id} ${sentence}`);
    return found;
  } finally {
    await client.query('ROLLBACK');
  }
}
const elsewhere = { resource_id: `/subscriptions/${randomUUID()}/resourceGroups/rg/virtualMachines/mx1` };
const none = { host: 'none', carries: 'unknown', carries_fence: null };

describe('verify, on what the records know of machines that moved (I6, I7, I19)', () => {
  it('names nothing where nothing is wrong', async () => {
    expect(await foundAfter()).toEqual([]);
  });

  it.each([
    ['still open', {}, 'may be open'],
    ['of unknown position', { carries: 'unknown', carries_fence: null }, 'may be open'],
    ['open in another subscription', elsewhere, 'may be open in another subscription'],
    ['absent', { absent_since: new Date() }, 'may be open, and is absent'],
    ['gone by its absence alone', { gone: true, ...none }, 'counts as gone by its absence alone'],
  ])('names a machine that is %s though the right has ended', async (_what, differs, words) => {
    const found = await foundAfter(machine(ended, differs));
    expect(found).toEqual([expect.stringContaining(words)]);
    expect(found[0]).toMatch(/^I19 exemption .* ended while machine mx1/);
  });

  it.each([
    ['closed', { carries: 'closed', carries_fence: 2 }],
    ['without a host', none],
    ['closed in another subscription', { ...elsewhere, carries: 'closed', carries_fence: 2 }],
    ['gone by a delete that the log shows', { gone: true, gone_by: 'delete-logged', ...none }],
    ['gone on the word of an engineer', { gone: true, gone_by: 'said-by-engineer', ...none }],
    ['gone, and found nowhere', { gone: true, gone_by: 'found-nowhere', ...none }],
  ])('names none that is %s', async (_what, differs) => {
    expect(await foundAfter(machine(ended, differs))).toEqual([]);
  });

  it('names a machine that counts as created after the gate moved, without a record of its creation here', async () => {
    const asCreated = `UPDATE restarts SET state = 'created-after'`;
    expect(await foundAfter([asCreated])).toEqual([expect.stringMatching(/^I6 restart .* no creation here/)]);
    const told = `INSERT INTO machine_evidence (subscription_id, vm_id, kind, fact, at, source, fence, tenant_id)
      SELECT subscription_id, vm_id, 'activity-log', 'created-here', now(), 'log', 1, tenant_id FROM restarts`;
    expect(await foundAfter([asCreated], [told])).toEqual([]);
  });

  it('names an absent machine whose right has ended, by its row', async () => {
    const { id, subscriptionId, tenantId, requestId } = ended.exemption;
    const absent = `INSERT INTO restarts SELECT (copy).* FROM (SELECT jsonb_populate_record(t, jsonb_build_object(
      'id', gen_random_uuid(), 'state', 'absent', 'direction', 'revoke', 'exemption_id', $1::text, 'fence', 2,
      'subscription_id', $2::text, 'tenant_id', $3::text, 'request_id', $4::text)) AS copy FROM restarts t LIMIT 1) c`;
    const found = await foundAfter([absent, id, subscriptionId, tenantId, requestId]);
    expect(found).toEqual([expect.stringMatching(/^I19 exemption .* ended while .* is absent$/)]);
  });

  it('names a machine that carries the open position of a live right, and is not on its page', async () => {
    const open = machine(live, { seen_at: new Date(Date.now() + 3_600_000) });
    expect(await foundAfter(open)).toEqual([expect.stringMatching(/^I19 machine mx1 .* has no row there$/)]);
  });
});
