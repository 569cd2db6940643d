import { randomUUID } from 'node:crypto';
import { PostgresRequestHistory } from '../../../src/adapters/postgres/postgres-request-history.js';
import { addMilliseconds } from '../../../src/domain/instants.js';
import { customerTenant, strangerTenant } from '../verbs/people.js';
import { livesIn } from './lives.js';
import { createStoreWorld, type StoreWorld } from './store-world.js';

let world: StoreWorld;
let history: PostgresRequestHistory;
let lives: ReturnType<typeof livesIn>;
beforeEach(async () => {
  world = await createStoreWorld();
  history = new PostgresRequestHistory(world.dataSource, (email) => `hash of ${email}`);
  lives = livesIn(world);
});
afterEach(() => world.close());

const sending = {
  kinds: [],
  domains: [],
  dailyVolume: 1,
  heloName: null,
  publicAddresses: [],
  dkimSelectors: [],
  abuseContact: null,
  optIn: null,
  bounceHandling: null,
};

describe('the product’s own memory', () => {
  it('counts the requests of a tenant from a moment on, that moment included', async () => {
    await world.submitted();
    const since = addMilliseconds(world.clock.now(), 60_000);
    world.clock.pass(60_000);
    await world.submitted();
    await world.submitted(await world.registered({ tenantId: strangerTenant }));
    expect(await history.requestsOfTenantSince(customerTenant, since)).toBe(1);
    expect(await history.requestsOfTenantSince(customerTenant, addMilliseconds(since, -60_000))).toBe(2);
  });

  it('knows a revocation by subscription, by tenant and by contact, each kinship told', async () => {
    const { request, exemption } = await lives.revoked();
    const contact = { name: 'Ada', email: 'ada@example.com', language: 'en' };
    await world.inTransaction((tx) =>
      tx.particulars.save({
        requestId: request.id,
        tenantId: request.tenantId,
        justification: null,
        sending,
        contact,
        consent: null,
      }),
    );
    const own = {
      subscriptionId: request.subscriptionId,
      tenantId: customerTenant,
      contactEmail: contact.email,
    };
    const nobody = {
      subscriptionId: randomUUID(),
      tenantId: strangerTenant,
      contactEmail: 'eve@example.com',
    };
    const told = async (subject: typeof own) =>
      (await history.revocationsOf(subject)).map(({ sharedWith }) => sharedWith);
    expect(await history.revocationsOf(own)).toEqual([
      {
        exemptionId: exemption.id,
        revokedAt: exemption.revocation?.at,
        reasonCode: 'spam-complaints',
        sharedWith: ['subscription', 'tenant', 'contact'],
      },
    ]);
    expect(await told({ ...nobody, tenantId: customerTenant })).toEqual([['tenant']]);
    expect(await told({ ...nobody, contactEmail: contact.email })).toEqual([['contact']]);
    expect(await told(nobody)).toEqual([]);
    expect(await history.revocationsOf({ ...nobody, contactEmail: null })).toEqual([]);
  });

  it('remembers no exemption that still lives', async () => {
    const { request } = await lives.granted();
    const subject = { subscriptionId: request.subscriptionId, tenantId: customerTenant, contactEmail: null };
    expect(await history.revocationsOf(subject)).toEqual([]);
  });
});
