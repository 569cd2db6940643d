import { accepted, clouds, type CloudUnderTest } from './clouds.js';

describe.each(clouds)('%s', (_name, open) => {
  let cloud: CloudUnderTest;
  beforeEach(async () => {
    cloud = await open();
  });
  afterEach(() => cloud.stop());

  const cycle = async (machine: string) => {
    await accepted(cloud.compute.deallocate(machine));
    cloud.finish();
    await accepted(cloud.compute.start(machine));
    cloud.finish();
  };

  describe('a power operation', () => {
    it('runs, and ends with its time on the cloud’s clock as evidence', async () => {
      const machine = cloud.create('mx1');
      const url = await accepted(cloud.compute.deallocate(machine));
      expect(await cloud.compute.readOperation(url)).toMatchObject({ kind: 'running' });
      expect(await cloud.compute.readMachine(machine)).toMatchObject({ powerState: 'deallocating' });
      const begun = cloud.now();
      cloud.finish();
      const end = await cloud.compute.readOperation(url);
      if (end.kind !== 'succeeded' || end.endTime === null) throw new Error(end.kind);
      expect(end.endTime > begun && end.endTime <= cloud.now()).toBe(true);
      expect(await cloud.compute.readMachine(machine)).toMatchObject({ powerState: 'deallocated' });
    });

    it('succeeds where there is nothing to do', async () => {
      const machine = cloud.create('mx1');
      const url = await accepted(cloud.compute.start(machine));
      expect(await cloud.compute.readOperation(url)).toMatchObject({ kind: 'succeeded' });
    });

    it('may be asked of a path in another case', async () => {
      const machine = cloud.create('mx1');
      await accepted(
        cloud.compute.deallocate(machine.replace('resourceGroups', 'resourcegroups').replace('mx1', 'MX1')),
      );
    });

    it('is refused while another one is under way (I8)', async () => {
      const machine = cloud.create('mx1');
      await accepted(cloud.compute.deallocate(machine));
      expect(await cloud.compute.start(machine)).toMatchObject({ kind: 'refused', why: 'busy' });
    });

    it.each(['Disabled', 'Deleted'])('is refused on a subscription that is %s', async (state) => {
      const machine = cloud.create('mx1');
      cloud.setState(state);
      const refused = { kind: 'refused', why: 'subscription-disabled', code: 'ReadOnlyDisabledSubscription' };
      expect(await cloud.compute.deallocate(machine)).toMatchObject(refused);
      expect(await cloud.compute.start(machine)).toMatchObject(refused);
    });

    it.each(['Warned', 'PastDue'])('is taken on a subscription that is %s', async (state) => {
      const machine = cloud.create('mx1');
      cloud.setState(state);
      await accepted(cloud.compute.deallocate(machine));
    });

    it('is refused where the system disk lives on the host', async () => {
      const machine = cloud.create('ephemeral', { ephemeral: true });
      expect(await cloud.compute.deallocate(machine)).toMatchObject({
        kind: 'refused',
        why: 'cannot-deallocate',
      });
    });

    it('is refused for a machine that is not there', async () => {
      const machine = cloud.create('mx1');
      cloud.create('mx2');
      cloud.remove('mx1');
      expect(await cloud.compute.deallocate(machine)).toMatchObject({ kind: 'refused', why: 'not-found' });
    });

    it('that is throttled was not taken (F9)', async () => {
      const machine = cloud.create('mx1');
      cloud.throttleNext('order');
      const throttled = { kind: 'unavailable', code: 'http-429', retryAfterSeconds: 7 };
      expect(await cloud.compute.deallocate(machine)).toEqual(throttled);
      expect(cloud.wire()).toEqual(['mx1 running closed']);
    });

    it('whose answer was lost was taken all the same: the machine tells (F2)', async () => {
      const machine = cloud.create('mx1');
      cloud.loseNextAnswer();
      expect(await cloud.compute.deallocate(machine)).toMatchObject({ kind: 'unavailable' });
      expect(await cloud.compute.readMachine(machine)).toMatchObject({ powerState: 'deallocating' });
    });

    it('whose state cannot be read is not over (F9)', async () => {
      const url = await accepted(cloud.compute.deallocate(cloud.create('mx1')));
      cloud.finish();
      cloud.throttleNext('operation');
      const throttled = { kind: 'unavailable', code: 'http-429', retryAfterSeconds: 7 };
      expect(await cloud.compute.readOperation(url)).toEqual(throttled);
      expect(await cloud.compute.readOperation(url)).toMatchObject({ kind: 'succeeded' });
    });

    it('that found no room failed, and left the machine as it was (F10)', async () => {
      const machine = cloud.create('mx1');
      await accepted(cloud.compute.deallocate(machine));
      cloud.finish();
      cloud.failNext('AllocationFailed');
      const url = await accepted(cloud.compute.start(machine));
      cloud.finish();
      const failed = { kind: 'failed', why: 'allocation-failed', code: 'AllocationFailed' };
      expect(await cloud.compute.readOperation(url)).toMatchObject(failed);
      expect(cloud.wire()).toEqual(['mx1 deallocated off']);
    });

    it('that stops a machine and fails left it running, with its host (I6, F10)', async () => {
      const machine = cloud.create('mx1');
      cloud.failNext('InternalExecutionError');
      const url = await accepted(cloud.compute.deallocate(machine));
      cloud.finish();
      const failed = { kind: 'failed', why: 'other', code: 'InternalExecutionError' };
      expect(await cloud.compute.readOperation(url)).toMatchObject(failed);
      expect(cloud.wire()).toEqual(['mx1 running closed']);
    });

    it('that the cloud forgot is gone, which says nothing of the machine (F10)', async () => {
      const url = await accepted(cloud.compute.deallocate(cloud.create('mx1')));
      cloud.forgetOperations();
      expect(await cloud.compute.readOperation(url)).toEqual({ kind: 'gone' });
    });
  });

  describe('the wire to port 25 (I6)', () => {
    beforeEach(async () => {
      cloud.create('old');
      expect(await cloud.gate.move(cloud.subscriptionId, 'open', 1)).toMatchObject({ kind: 'moved' });
    });
    const old = async () => {
      const listing = await cloud.compute.listMachines(cloud.subscriptionId);
      return listing.kind === 'complete' ? (listing.items[0]?.resourceId ?? '') : '';
    };

    it('does not change under a running machine, and is open from the start for a new one', () => {
      cloud.create('new');
      expect(cloud.wire()).toEqual(['old running closed', 'new running open']);
    });

    it('changes at once where the gate holds for running machines too', () => {
      cloud.reachRunning();
      expect(cloud.wire()).toEqual(['old running open']);
    });

    it('does not change over a stop that keeps the host', async () => {
      cloud.powerOff('old');
      await accepted(cloud.compute.start(await old()));
      cloud.finish();
      expect(cloud.wire()).toEqual(['old running closed']);
    });

    it('opens with a start from deallocated', async () => {
      await accepted(cloud.compute.deallocate(await old()));
      expect(cloud.wire()).toEqual(['old deallocating closed']);
      cloud.finish();
      expect(cloud.wire()).toEqual(['old deallocated off']);
      await accepted(cloud.compute.start(await old()));
      expect(cloud.wire()).toEqual(['old starting open']);
    });

    it('closes again in the same way', async () => {
      await cycle(await old());
      await cloud.gate.move(cloud.subscriptionId, 'closed', 2);
      expect(cloud.wire()).toEqual(['old running open']);
      await cycle(await old());
      expect(cloud.wire()).toEqual(['old running closed']);
    });
  });
});
