import { randomUUID } from 'node:crypto';
import type { Caller } from '../../../src/domain/access/actor.js';
import { refuseUnsafeRole, unguardedTables } from '../../../src/adapters/postgres/startup-checks.js';
import type { SubscriptionFacts } from '../../../src/domain/subscription/subscription.js';
import {
  by,
  customer,
  customerTenant,
  partner,
  partnerTenant,
  reviewer,
  stranger,
  strangerTenant,
} from '../verbs/people.js';
import { livesIn, type Life } from './lives.js';
import { createStoreWorld, type StoreWorld } from './store-world.js';

let world: StoreWorld;
let ofCustomer: Life;
let ofPartner: Life;
beforeAll(async () => {
  world = await createStoreWorld();
  const lives = livesIn(world);
  ofCustomer = await lives.granted();
  await lives.deallocating(await lives.planned(ofCustomer));
  ofPartner = await lives.granted(undefined, partner);
  await lives.alleged(await lives.revoked());
  await relate('active');
});
afterAll(() => world.close());

const everything = { kind: 'platform' } as const;
const anything = {
  states: null,
  exemptionStates: null,
  subscriptionId: null,
  customerTenantId: null,
  createdAfter: null,
};
const page = { after: null, limit: 200 };
const relate = (status: string) =>
  world.inTransaction((tx) =>
    tx.relationships.save({
      partnerTenantId: partnerTenant,
      customerTenantId: customerTenant,
      status,
      validFrom: '2025-01-01T00:00:00.000Z',
      validTo: null,
      kind: 'reseller',
      source: 'operator',
      confirmedAt: world.clock.now(),
    }),
  );

/** Asks as somebody, with the scope argument deliberately taken away: only the database is left to hold the line. */
async function withoutScope(actor: Caller) {
  const now = world.clock.now();
  return world.unitOfWork.run(by(actor), async (tx) => ({
    subscriptions: (await tx.subscriptions.list(everything, now, page)).map(
      ({ subscriptionId }) => subscriptionId,
    ),
    requests: (await tx.requests.list(everything, anything, page, now)).map(({ id }) => id),
    request: await tx.requests.lock(everything, ofCustomer.request.id, now),
    exemptions: (
      await tx.exemptions.list({ states: null, subscriptionId: null, needsHuman: null }, page)
    ).map(({ id }) => id),
    exemption: await tx.exemptions.lock(everything, ofCustomer.exemption.id, now),
    restarts: await tx.restarts.ofExemption(ofCustomer.exemption.id),
    gate: await tx.gates.find(ofCustomer.request.subscriptionId),
    machines: await tx.machines.ofSubscription(ofCustomer.request.subscriptionId),
    history: await tx.history.of('request', ofCustomer.request.id),
    timeline: await tx.timeline.of(ofCustomer.request.id, 0, 100),
    particulars: await tx.particulars.find(ofCustomer.request.id),
    checks: await tx.findings.countOfRound(ofCustomer.request.id, 1),
    tenant: await tx.tenants.find(customerTenant),
    relationship: await tx.relationships.find(partnerTenant, customerTenant),
  }));
}

const nothing = {
  subscriptions: [],
  requests: [],
  request: null,
  exemptions: [],
  exemption: null,
  restarts: [],
  gate: null,
  machines: [],
  history: [],
  timeline: [],
  particulars: null,
  checks: 0,
  tenant: null,
  relationship: null,
};

const refused = { driverError: { code: '42501' } };

describe('row-level security, with the scope argument taken away from every query (I12)', () => {
  it('shows another tenant no row of anything', async () => {
    expect(await withoutScope(stranger)).toEqual(nothing);
  });

  it('shows a customer its own rows, all of them', async () => {
    const seen = await withoutScope(customer);
    expect(seen.requests).toEqual(expect.arrayContaining([ofCustomer.request.id, ofPartner.request.id]));
    expect(seen.request?.id).toBe(ofCustomer.request.id);
    expect(seen.restarts).not.toEqual([]);
    expect(seen.gate).not.toBeNull();
    expect(seen.history).not.toEqual([]);
    expect(seen.checks).toBe(1);
  });

  it('shows a partner what it filed for a customer while they are related, and not what the customer filed', async () => {
    const seen = await withoutScope(partner);
    expect(seen.requests).toEqual([ofPartner.request.id]);
    expect(seen.exemptions).toEqual([ofPartner.exemption.id]);
    expect(seen).toMatchObject({ request: null, exemption: null, restarts: [], gate: null, timeline: [] });
  });

  it('shows a partner nothing but the end of it once the relationship has ended', async () => {
    await relate('terminated');
    const { relationship, ...others } = await withoutScope(partner);
    expect(relationship?.status).toBe('terminated');
    expect({ ...others, relationship: null }).toEqual(nothing);
    await relate('active');
  });

  it('tells a partner that something is live, and not what: standing is the one look past the tenant', async () => {
    const { subscriptionId } = ofCustomer.request;
    const standing = await world.unitOfWork.run(by(partner), (tx) =>
      tx.subscriptions.standingUnscoped(subscriptionId),
    );
    expect(standing.liveExemption?.id).toBe(ofCustomer.exemption.id);
  });

  it('lets nobody write into another tenant, nor change a subscription that they may hold', async () => {
    const forStranger = world.unitOfWork.run(by(stranger), (tx) =>
      tx.particulars.save({
        requestId: ofCustomer.request.id,
        tenantId: customerTenant,
        justification: 'mine now',
        sending: { kinds: [], domains: [], dailyVolume: 1 } as never,
        contact: null,
        consent: null,
      }),
    );
    await expect(forStranger).rejects.toMatchObject({ code: '42501' });
    const facts = await world.registered();
    const byCustomer = world.unitOfWork.run(by(customer), (tx) =>
      tx.subscriptions.save({ ...facts, tenantId: customerTenant, state: 'Enabled' }, world.clock.now()),
    );
    await expect(byCustomer).rejects.toMatchObject({ code: '42501' });
  });
});

describe('the login itself', () => {
  it('sees no guarded table outside of a transaction that says who asks', async () => {
    const tables = await world.asOwner<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity ORDER BY 1`,
    );
    expect(tables.length).toBeGreaterThan(18);
    for (const { name } of tables) {
      await expect(world.dataSource.query(`SELECT FROM ${name} LIMIT 1`)).rejects.toMatchObject(refused);
    }
  });

  it('leaves nothing of a caller on its connection', async () => {
    const narrow = await createStoreWorld({
      poolSize: 1,
      database: { ...world.database, drop: () => Promise.resolve() },
    });
    await narrow.unitOfWork.read({ actor: customer }, (tx) => tx.tenants.find(customerTenant));
    const left = await narrow.dataSource.query<unknown[]>(
      `SELECT current_user AS role, current_setting('app.tenant', true) AS tenant, app_tenant() AS app_tenant`,
    );
    expect(left).toEqual([{ role: 'postern_app', tenant: '', app_tenant: null }]);
    await narrow.close();
  });
});

describe('the start', () => {
  it('compares tables and policies: each is guarded, or is known to have no tenant', async () => {
    expect(await unguardedTables(world.dataSource)).toEqual([]);
    await expect(refuseUnsafeRole(world.dataSource)).resolves.toBeUndefined();
  });

  it('is refused where a table is not guarded, or its policies were taken away', async () => {
    const name = `t${randomUUID().replaceAll('-', '')}`;
    await world.asOwner(`CREATE TABLE ${name} (tenant_id uuid)`);
    await expect(refuseUnsafeRole(world.dataSource)).rejects.toThrow(name);
    await world.asOwner(`DROP TABLE ${name}`);
    await world.asOwner('ALTER TABLE notes NO FORCE ROW LEVEL SECURITY');
    await expect(refuseUnsafeRole(world.dataSource)).rejects.toThrow('notes');
    await world.asOwner('ALTER TABLE notes FORCE ROW LEVEL SECURITY');
  });

  it('shows staff what it has to decide on, and a worker what it works on', async () => {
    const seen = await withoutScope(reviewer);
    expect(seen.requests).toContain(ofPartner.request.id);
    const rows = await world.inTransaction((tx) => tx.restarts.ofExemption(ofCustomer.exemption.id));
    expect(rows).not.toEqual([]);
  });
});

describe('row-level security of what was left, with the scope argument taken away from every query (I12, F27)', () => {
  const lives = () => livesIn(world);
  /** What is asked of one life, as somebody. */
  const seenBy = async (actor: Caller, { request, exemption, gate }: Life, restartId: string) => {
    const now = world.clock.now();
    return world.unitOfWork.run(by(actor), async (tx) => ({
      request: (await tx.requests.find(everything, request.id, now))?.id,
      held: await tx.requests.lock(everything, request.id, now),
      exemption: await tx.exemptions.find(everything, exemption.id, now),
      lockedExemption: await tx.exemptions.lock(everything, exemption.id, now),
      listed: (
        await tx.exemptions.list({ states: null, subscriptionId: null, needsHuman: null }, page)
      ).filter(({ id }) => id === exemption.id),
      restart: await tx.restarts.find(restartId),
      restarts: await tx.restarts.ofExemption(exemption.id),
      gate: await tx.gates.find(gate.id),
      machines: await tx.machines.ofSubscription(gate.id),
      note: await tx.conduct.find(exemption.id),
      preview: await tx.previews.find(request.id),
      proofs: await tx.controlProofs.list(gate.id, null, page),
      receipts: [...(await tx.receipts.of('exemption', exemption.id)).keys()],
      ofExemption: await tx.history.of('exemption', exemption.id),
      ofGate: await tx.history.of('gate', gate.id),
      told: (await tx.timeline.of(request.id, 0, 100)).map(({ event }) => event),
    }));
  };
  const nothingButTheRequest = (id: string) => ({
    request: id,
    held: null,
    exemption: null,
    lockedExemption: null,
    listed: [],
    restart: null,
    restarts: [],
    gate: null,
    machines: [],
    note: null,
    preview: null,
    proofs: [],
    receipts: [],
    ofExemption: [],
    ofGate: [],
  });
  /** A life with one of everything that hangs on it. */
  const furnished = async (filer: Caller) => {
    const facts = await world.registered({ partnerTenantId: partnerTenant });
    const life = await lives().granted(facts, filer);
    const restart = await lives().planned(life);
    const { subscriptionId, tenantId, id: requestId } = life.request;
    await world.asOwner(
      `INSERT INTO machines (subscription_id, vm_id, tenant_id, resource_id, name, location, ephemeral_system_disk, power_state,
         host, carries, seen_at, gone) VALUES ($1, 'vm', $2, '/vm', 'vm', 'westeurope', false, 'running', 'held', 'open', now(), false)`,
      [subscriptionId, tenantId],
    );
    await world.asOwner(
      `INSERT INTO control_proofs (id, subscription_id, tenant_id, proves_for, state, nonce, asked_at, expires_at)
       VALUES (gen_random_uuid(), $1, $2, $3, 'awaiting-tag', $4, now(), now() + interval '1 day')`,
      [subscriptionId, tenantId, filer.tenantId, randomUUID()],
    );
    await world.asOwner(
      `INSERT INTO restart_previews (request_id, tenant_id, problem, misses) VALUES ($1, $2, '{"code": "c", "message": "m"}', 1)`,
      [requestId, tenantId],
    );
    return { facts, life, restartId: restart.id };
  };
  const changed = async (facts: SubscriptionFacts, differs: Partial<SubscriptionFacts>) => {
    await world.inTransaction((tx) => tx.subscriptions.save({ ...facts, ...differs }, world.clock.now()));
    world.clock.pass(1_000);
  };
  const goesOn = ({ exemption }: Life) =>
    world.inTransaction((tx) =>
      tx.timeline.tell({
        requestId: exemption.requestId,
        tenantId: exemption.tenantId,
        by: 'platform',
        actorTenantId: null,
        mailed: false,
        event: 'machines-missing',
        code: null,
        facts: {},
      }),
    );

  it('hides it from the former tenant and its partner from the statement on that registers the transfer', async () => {
    for (const filer of [customer, partner]) {
      const { facts, life, restartId } = await furnished(filer);
      const before = await seenBy(filer, life, restartId);
      expect(before).toMatchObject({ held: { id: life.request.id }, preview: { misses: 1 } });
      expect([before.machines.length, before.proofs.length, before.restarts.length]).toEqual([1, 1, 1]);
      await changed(facts, { tenantId: strangerTenant });
      await goesOn(life);
      const { told, ...after } = await seenBy(filer, life, restartId);
      expect(after).toEqual(nothingButTheRequest(life.request.id));
      expect(told).toEqual(before.told);
      // The new owner sees its subscription, and nothing of what was.
      const { told: toldNew, ...ofNew } = await seenBy(stranger, life, restartId);
      expect({ ...ofNew, toldNew }).toEqual({
        ...nothingButTheRequest(life.request.id),
        request: undefined,
        toldNew: [],
      });
    }
  });

  it('hides it from a former reseller, and nothing from its customer', async () => {
    const { facts, life, restartId } = await furnished(partner);
    const { told: _toldBefore, ...before } = await seenBy(customer, life, restartId);
    await changed(facts, { partnerTenantId: strangerTenant });
    await goesOn(life);
    const { told, machines, proofs, ...after } = await seenBy(partner, life, restartId);
    const { machines: _machines, proofs: _proofs, ...nothingElse } = nothingButTheRequest(life.request.id);
    expect(after).toEqual(nothingElse);
    expect(told).not.toContain('machines-missing');
    // Of subscriptions it sees what any partner of that customer does.
    expect([machines.length, proofs.length]).toEqual([1, 1]);
    const { told: toldCustomer, ...kept } = await seenBy(customer, life, restartId);
    expect(kept).toEqual(before);
    expect(toldCustomer).toContain('machines-missing');
  });

  it('keeps the mark after a way back, and takes who filed again for who filed anew', async () => {
    const { facts, life, restartId } = await furnished(customer);
    await changed(facts, { tenantId: strangerTenant });
    await changed(facts, {});
    expect((await seenBy(customer, life, restartId)).exemption).toBeNull();
  });
});
