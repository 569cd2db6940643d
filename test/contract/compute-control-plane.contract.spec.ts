import { clouds, type CloudUnderTest } from './clouds.js';

describe.each(clouds)('%s', (_name, open) => {
  let cloud: CloudUnderTest;
  beforeEach(async () => {
    cloud = await open();
  });
  afterEach(() => cloud.stop());

  describe('a subscription', () => {
    const read = () => cloud.compute.readSubscription(cloud.subscriptionId);

    it('is told with its state and its tenant in lower case', async () => {
      expect(await read()).toEqual({ kind: 'found', state: 'Enabled', tenantId: cloud.tenantId, tags: {} });
      cloud.setState('Disabled');
      expect(await read()).toMatchObject({ kind: 'found', state: 'Disabled' });
    });

    it('is not found where there is none', async () => {
      cloud.setState(null);
      expect(await read()).toEqual({ kind: 'not-found' });
    });
  });

  describe('a listing', () => {
    it('has every machine of every page, with identity and time of creation', async () => {
      const names = ['mx1', 'mx2', 'mx3', 'mx4', 'mx5'];
      const ids = names.map((name) => cloud.create(name));
      const listing = await cloud.compute.listMachines(cloud.subscriptionId);
      if (listing.kind !== 'complete') throw new Error(listing.code);
      expect(listing.items.map(({ name }) => name)).toEqual(names);
      expect(listing.items.map(({ resourceId }) => resourceId)).toEqual(ids);
      expect(listing.items[0]).toMatchObject({
        timeCreated: cloud.now(),
        location: 'westeurope',
        ephemeralSystemDisk: false,
      });
      expect(new Set(listing.items.map(({ vmId }) => vmId)).size).toBe(5);
    });

    it('says in which zone and in which sets a machine stands, by ids in small letters', async () => {
      const id = (kind: string) =>
        `/subscriptions/${cloud.subscriptionId}/resourcegroups/rg/providers/microsoft.compute/${kind}/mail`;
      const place = {
        zone: '2',
        availabilitySet: id('availabilitysets'),
        scaleSet: id('virtualmachinescalesets'),
      };
      cloud.create('mx1', { place });
      cloud.create('mx2');
      const listing = await cloud.compute.listMachines(cloud.subscriptionId);
      if (listing.kind !== 'complete') throw new Error(listing.code);
      const nowhere = { zone: null, availabilitySet: null, scaleSet: null };
      expect(listing.items).toMatchObject([place, nowhere]);
    });

    it('is complete and empty where there are no machines', async () => {
      const empty = { kind: 'complete', items: [] };
      expect(await cloud.compute.listMachines(cloud.subscriptionId)).toEqual(empty);
      expect(await cloud.compute.listPowerStates(cloud.subscriptionId)).toEqual(empty);
    });

    it('that lacks a page is no listing (F24)', async () => {
      for (const name of ['mx1', 'mx2', 'mx3']) cloud.create(name);
      cloud.breakListings();
      const incomplete = { kind: 'incomplete', code: 'http-500' };
      expect(await cloud.compute.listMachines(cloud.subscriptionId)).toMatchObject(incomplete);
      expect(await cloud.compute.listPowerStates(cloud.subscriptionId)).toMatchObject(incomplete);
    });

    it('of a subscription that is not there is incomplete, and never empty (F24)', async () => {
      cloud.create('mx1');
      cloud.setState(null);
      const incomplete = { kind: 'incomplete', code: 'SubscriptionNotFound' };
      expect(await cloud.compute.listMachines(cloud.subscriptionId)).toMatchObject(incomplete);
      expect(await cloud.compute.listPowerStates(cloud.subscriptionId)).toMatchObject(incomplete);
    });

    it('that is throttled says when to come back (F9)', async () => {
      cloud.throttleNext('list');
      const throttled = { kind: 'incomplete', code: 'http-429', retryAfterSeconds: 7 };
      expect(await cloud.compute.listMachines(cloud.subscriptionId)).toMatchObject(throttled);
    });

    it('of power states tells each machine’s by its vmId, and unknown where the cloud is silent', async () => {
      const [one, two, three] = ['mx1', 'mx2', 'mx3'].map((name) => cloud.create(name));
      cloud.powerOff('mx2');
      cloud.hidePowerState('mx3');
      const states = await cloud.compute.listPowerStates(cloud.subscriptionId);
      expect(states).toMatchObject({
        items: [
          { resourceId: one, powerState: 'running' },
          { resourceId: two, powerState: 'stopped' },
          { resourceId: three, powerState: 'unknown' },
        ],
      });
      const machines = await cloud.compute.listMachines(cloud.subscriptionId);
      if (states.kind !== 'complete' || machines.kind !== 'complete') throw new Error('incomplete');
      expect(states.items.map(({ vmId }) => vmId)).toEqual(machines.items.map(({ vmId }) => vmId));
    });
  });

  describe('a direct look at a machine', () => {
    it('tells it as the listing does, and its power state', async () => {
      const machine = cloud.create('mx1', { ephemeral: true });
      const listing = await cloud.compute.listMachines(cloud.subscriptionId);
      const found = await cloud.compute.readMachine(machine);
      expect(found).toEqual({
        kind: 'found',
        powerState: 'running',
        machine: listing.kind === 'complete' ? listing.items[0] : null,
      });
      expect(found).toMatchObject({ machine: { ephemeralSystemDisk: true } });
    });

    it('finds unknown where the cloud leaves the power state out', async () => {
      const machine = cloud.create('mx1');
      cloud.hidePowerState('mx1');
      expect(await cloud.compute.readMachine(machine)).toMatchObject({
        kind: 'found',
        powerState: 'unknown',
      });
    });

    it('says not-found for a machine that was deleted (F11)', async () => {
      const machine = cloud.create('mx1');
      cloud.create('mx2');
      cloud.remove('mx1');
      expect(await cloud.compute.readMachine(machine)).toEqual({ kind: 'not-found' });
    });

    it('says unknown where the subscription is not there: nobody is declared gone (F24)', async () => {
      const machine = cloud.create('mx1');
      cloud.setState(null);
      const unknown = { kind: 'unknown', code: 'SubscriptionNotFound' };
      expect(await cloud.compute.readMachine(machine)).toMatchObject(unknown);
    });

    it('says unknown while it is throttled (F9)', async () => {
      const machine = cloud.create('mx1');
      cloud.throttleNext('read');
      const unknown = { kind: 'unknown', code: 'http-429', retryAfterSeconds: 7 };
      expect(await cloud.compute.readMachine(machine)).toEqual(unknown);
    });
  });
});
