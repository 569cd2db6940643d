import { randomUUID } from 'node:crypto';
import { scopeOf, type Scope } from '../../../src/domain/access/scope.js';
import { addMilliseconds } from '../../../src/domain/instants.js';
import type { PartnerRelationship } from '../../../src/domain/ports/registry-stores.js';
import { customer, customerTenant, partner, partnerTenant, reviewer, stranger } from '../verbs/people.js';
import { livesIn, type Life } from './lives.js';
import { createStoreWorld, type StoreWorld } from './store-world.js';

let world: StoreWorld;
let byPartner: Life;
let byCustomer: Life;
beforeAll(async () => {
  world = await createStoreWorld();
  const lives = livesIn(world);
  byPartner = await lives.granted(undefined, partner);
  byCustomer = await lives.granted();
});
beforeEach(() => world.asOwner('DELETE FROM partner_relationships'));
afterAll(() => world.close());

const now = () => world.clock.now();
const day = 86_400_000;
const relate = (differs: Partial<PartnerRelationship> = {}) =>
  world.inTransaction((tx) =>
    tx.relationships.save({
      partnerTenantId: partnerTenant,
      customerTenantId: customerTenant,
      status: 'active',
      validFrom: '2025-01-01T00:00:00.000Z',
      validTo: null,
      kind: 'reseller',
      source: 'operator',
      confirmedAt: now(),
      ...differs,
    }),
  );

/** What of one life a scope sees: subscription, request, exemption; found and locked alike, and the request listed. */
async function seen(scope: Scope, life: Life): Promise<string> {
  const filter = {
    states: null,
    exemptionStates: null,
    subscriptionId: life.request.subscriptionId,
    customerTenantId: null,
    createdAfter: null,
  };
  return world.inTransaction(async (tx) => {
    const found = [
      await tx.subscriptions.find(scope, life.request.subscriptionId, now()),
      await tx.requests.find(scope, life.request.id, now()),
      await tx.exemptions.find(scope, life.exemption.id, now()),
    ];
    const locked = [
      await tx.subscriptions.lock(scope, life.request.subscriptionId, now()),
      await tx.requests.lock(scope, life.request.id, now()),
      await tx.exemptions.lock(scope, life.exemption.id, now()),
    ];
    expect(locked).toEqual(found);
    const listed = await tx.requests.list(scope, filter, { after: null, limit: 10 }, now());
    expect(listed).toEqual(found[1] === null ? [] : [life.request]);
    const subscriptions = await tx.subscriptions.list(scope, now(), { after: null, limit: 200 });
    const isListed = subscriptions.some(
      ({ subscriptionId }) => subscriptionId === life.request.subscriptionId,
    );
    expect(isListed).toBe(found[0] !== null);
    return ['subscription', 'request', 'exemption'].filter((_name, index) => found[index] !== null).join(' ');
  });
}

const all = 'subscription request exemption';

describe('a customer', () => {
  it('sees what is its own, also what a partner filed for it, and nothing of others (I12)', async () => {
    expect(await seen(scopeOf(customer), byCustomer)).toBe(all);
    expect(await seen(scopeOf(customer), byPartner)).toBe(all);
    expect(await seen(scopeOf(stranger), byCustomer)).toBe('');
  });
});

describe('the platform', () => {
  it('sees everything', async () => {
    expect(await seen(scopeOf(reviewer), byCustomer)).toBe(all);
  });
});

describe('a partner', () => {
  it('sees its customer’s subscriptions and what it filed itself, while the relationship is active (I12)', async () => {
    await relate();
    expect(await seen(scopeOf(partner), byPartner)).toBe(all);
    expect(await seen(scopeOf(partner), byCustomer)).toBe('subscription');
  });

  it.each<[string, () => Partial<PartnerRelationship>]>([
    ['was ended', () => ({ status: 'ended' })],
    ['is only pending', () => ({ status: 'pending' })],
    ['ends at this instant', () => ({ validTo: now() })],
    ['begins in a millisecond', () => ({ validFrom: addMilliseconds(now(), 1) })],
    ['is another customer’s', () => ({ customerTenantId: randomUUID() })],
    ['is another partner’s', () => ({ partnerTenantId: randomUUID() })],
    [
      'was said by a feed that has been silent for more than 30 days',
      () => ({ source: 'feed', confirmedAt: addMilliseconds(now(), -30 * day - 1) }),
    ],
  ])('sees nothing when the relationship %s (I12)', async (_what, differs) => {
    await relate(differs());
    expect(await seen(scopeOf(partner), byPartner)).toBe('');
  });

  it('sees nothing when there never was one', async () => {
    expect(await seen(scopeOf(partner), byPartner)).toBe('');
  });

  it.each<[string, () => Partial<PartnerRelationship>]>([
    ['begins at this instant', () => ({ validFrom: now() })],
    ['ends in a millisecond', () => ({ validTo: addMilliseconds(now(), 1) })],
    [
      'was said again by a feed within 30 days',
      () => ({ source: 'feed', confirmedAt: addMilliseconds(now(), 1 - 30 * day) }),
    ],
    [
      'was registered by an operator, however long ago',
      () => ({ confirmedAt: addMilliseconds(now(), -900 * day) }),
    ],
  ])('sees it when the relationship %s', async (_what, differs) => {
    await relate(differs());
    expect(await seen(scopeOf(partner), byPartner)).toBe(all);
  });
});
