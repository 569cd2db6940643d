import { randomUUID } from 'node:crypto';
import type { Caller } from '../../../src/domain/access/actor.js';
import { refuseUnsafeRole, unguardedTables } from '../../../src/adapters/postgres/startup-checks.js';
import { by, customer, customerTenant, partner, partnerTenant, reviewer, stranger } from '../verbs/people.js';
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
      tx.subscriptions.save({ ...facts, tenantId: customerTenant, state: 'Enabled' }),
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
