import {
  customer,
  partner,
  partnerTenant,
  customerTenant,
  stranger,
  strangerTenant,
  colleague,
} from './people.js';
import { createVerbWorld, csp, freeTrial, refusalOf, unheardOf, type VerbWorld } from './verb-world.js';

let world: VerbWorld;
beforeAll(async () => {
  world = await createVerbWorld();
});
afterAll(() => world.close());

const onBehalfOf = { customerTenantId: customerTenant, consent: null };

describe('filing a request', () => {
  it('is answered with the request, pinned to the pack in force, its checks under way', async () => {
    const request = await world.submit(customer, await world.register());
    expect(request).toMatchObject({
      state: 'checking',
      status: 'checking',
      pack: 'P3',
      version: 1,
      checks: { total: 11, finished: 0 },
      submittedBy: { kind: 'customer', tenantId: customerTenant },
      exemption: null,
      decision: null,
    });
    expect(await world.find(customer, request.id)).toEqual({
      ...request,
      preview: null,
      previewUnavailable: null,
    });
  });

  it('succeeds once of 20 at once, and the others are told of the live request (I2)', async () => {
    const facts = await world.register();
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => world.submit(index % 2 === 0 ? customer : colleague, facts)),
    );
    const refused = all.filter((one) => one.status === 'rejected');
    expect(all.length - refused.length).toBe(1);
    for (const one of refused)
      expect(await refusalOf(Promise.reject(one.reason as Error))).toEqual([
        'conflict',
        'live-request-exists',
      ]);
  });

  it('is 404 for a subscription that is not registered or belongs to somebody else, in the same words', async () => {
    const facts = await world.register();
    const nowhere = { subscriptionId: '99999999-0000-4000-8000-000000000000' };
    expect(await refusalOf(world.submit(stranger, facts))).toEqual(['not-found', 'not-found']);
    expect(await refusalOf(world.submit(customer, nowhere))).toEqual(['not-found', 'not-found']);
  });

  it('takes ids in any letter case', async () => {
    const { subscriptionId } = await world.register();
    const request = await world.submit(customer, { subscriptionId: subscriptionId.toUpperCase() });
    expect(request.subscriptionId).toBe(subscriptionId);
  });

  it('is refused with every reason at once, the conflict among them', async () => {
    const facts = await world.register();
    await world.submit(customer, facts);
    await world.register({ ...facts, offer: freeTrial, state: 'Disabled' });
    expect(await refusalOf(world.submit(customer, facts))).toEqual([
      'policy',
      'offer-never-eligible',
      'subscription-not-enabled',
      'live-request-exists',
    ]);
  });

  it('is refused where nothing is blocked, on one side of the cut-off only', async () => {
    const before = await world.register({ createdAt: '2017-11-14T23:59:59.999Z' });
    const since = await world.register({ createdAt: '2017-11-15T00:00:00.000Z' });
    expect(await refusalOf(world.submit(customer, before))).toEqual(['policy', 'offer-open']);
    expect((await world.submit(customer, since)).state).toBe('checking');
  });

  it('is accepted for an offer that nobody knows: a human decides', async () => {
    const facts = await world.register({ offer: unheardOf });
    expect((await world.reviewed(facts)).state).toBe('reviewing');
  });
});

describe('a partner that files', () => {
  it('sees nothing of a customer it is not related to, and files for one that it is (I12)', async () => {
    const facts = await world.register({ offer: csp, partnerTenantId: partnerTenant });
    expect(await refusalOf(world.submit(partner, facts, { onBehalfOf }))).toEqual(['not-found', 'not-found']);
    await world.relate('active');
    const request = await world.submit(partner, facts, { onBehalfOf });
    expect(request.submittedBy).toEqual({ kind: 'partner', tenantId: partnerTenant });
    await world.relate('terminated');
    expect(await refusalOf(world.find(partner, request.id))).toEqual(['not-found', 'not-found']);
    expect((await world.find(customer, request.id)).id).toBe(request.id);
  });

  it('has to name the subscription’s own tenant', async () => {
    await world.relate('active');
    const facts = await world.register({ offer: csp, partnerTenantId: partnerTenant });
    const wrong = { onBehalfOf: { ...onBehalfOf, customerTenantId: strangerTenant } };
    expect(await refusalOf(world.submit(partner, facts, wrong))).toEqual([
      'invalid',
      'not-the-subscriptions-tenant',
    ]);
  });

  it('has to be the one who sells it, and its customer does not ask for itself', async () => {
    await world.relate('active');
    const sold = await world.register({ offer: csp, partnerTenantId: strangerTenant });
    expect(await refusalOf(world.submit(partner, sold, { onBehalfOf }))).toEqual([
      'policy',
      'not-the-reseller',
    ]);
    expect(await refusalOf(world.submit(customer, sold))).toEqual(['policy', 'partner-must-request']);
    const own = await world.register();
    expect(await refusalOf(world.submit(partner, own, { onBehalfOf }))).toEqual([
      'policy',
      'customer-must-request',
    ]);
  });
});
