import { until } from '../../launch/demo/desk.js';
import { aSubscription, decide, registerDevelopmentTenants } from '../support/filing.js';
import { startPostern, type Postern } from '../support/postern.js';
import { sideBySide } from '../support/side-by-side.js';
import { blockerOf, faultIn, managed, observed, stateOf, tracked } from '../support/tracked.js';

// The margin is small, so that nearly everything here is outside it: what Postern does not know it has no excuse for.
const env = { CLOCK_MARGIN_SECONDS: '5', ACTIVITY_LOG_SECONDS: '2' };
let postern: Postern;
const story = sideBySide(async () => {
  postern = await startPostern({ env });
  await registerDevelopmentTenants(postern);
});
afterAll(() => postern.stop());

const spot = { properties: { priority: 'Spot', evictionPolicy: 'Deallocate' } };
const hibernating = { properties: { additionalCapabilities: { hibernationEnabled: true } } };
const deniedStop = { kind: 'error', status: 403, code: 'AuthorizationFailed' };
const failingStart = { kind: 'operation-fails', code: 'AllocationFailed' };

describe('a machine that goes away under the plan (F11)', () => {
  story('deleted while it waits: it is gone, and the others are restarted', async () => {
    const one = await tracked(postern, { machines: ['mx1', 'mx2', 'mx3'] });
    await one.machineIs('mx1', 'deallocating');
    await one.owner.remove('mx3');
    await one.is('effective');
    await one.machineIs('mx3', 'gone');
    expect((await one.rows()).map(stateOf)).toEqual(['restarted', 'restarted', 'gone']);
    expect((await one.page()).at('progress').value).toMatchObject({ total: 3, restarted: 2, gone: 1 });
    expect(await one.wire()).toEqual({ mx1: 'open', mx2: 'open' });
    expect(await one.owner.orders()).not.toContain('deallocate mx3');
    expect((await one.review()).at('humanNeededSince').value).toBeNull();
  });

  story.each(['deallocating', 'starting'])(
    'deleted while we have it %s: it is gone, and nobody is called',
    async (state) => {
      const one = await tracked(postern, {
        machines: ['mx1'],
        before: async (_owner, id) => {
          const order = state === 'starting' ? failingStart : { kind: 'operation-endless' };
          await faultIn(postern, `${id}.*mx1/${state === 'starting' ? 'start' : 'deallocate'}`, order);
        },
      });
      await one.machineIs('mx1', state);
      await one.owner.remove('mx1');
      await one.is('effective');
      await one.machineIs('mx1', 'gone');
      expect((await one.page()).at('progress').value).toMatchObject({ total: 1, gone: 1 });
      expect((await one.review()).at('humanNeededSince').value).toBeNull();
    },
  );

  story('deleted when it was exempt already: its row says that it is gone', async () => {
    const one = await tracked(postern, { machines: ['mx1', 'mx2'] });
    await one.is('effective');
    await one.owner.remove('mx2');
    expect((await one.machineIs('mx2', 'gone')).at('exempt').value).toBe(false);
    expect((await one.page()).at('state').text).toBe('effective');
  });

  story(
    'deleted when it was exempt already, while another one waits: nothing waits for it (I6)',
    async () => {
      const one = await tracked(postern, { plan: observed, machines: ['mx1', 'mx2'] });
      await one.machineIs('mx1', 'not-deallocated-yet');
      for (const name of ['mx1', 'mx2']) {
        await one.owner.act(name, 'deallocate');
        await one.machineIs(name, 'resting');
        if (name === 'mx2') break;
        await one.owner.act(name, 'start');
        await one.machineIs(name, 'restarted');
        await one.owner.remove(name);
        await one.machineIs(name, 'gone');
      }
      const page = await one.is('effective');
      expect(page.at('progress').value).toMatchObject({ total: 2, resting: 1 });
    },
  );

  story(
    'recreated under its name while it waits: the old one is gone, the new one was created after',
    async () => {
      const one = await tracked(postern, { machines: ['mx1', 'mx2'] });
      await one.machineIs('mx1', 'deallocating');
      const before = await one.owner.vmId('mx2');
      await one.owner.remove('mx2');
      await until(
        'mx2 to be deleted',
        () => one.owner.power('mx2'),
        (power) => power === 'absent',
      );
      await one.owner.create('mx2');
      await one.is('effective');
      await one.machineIs('mx2', 'gone');
      const rows = (await one.rows()).filter((row) => row.at('name').text === 'mx2');
      const told = new Map(rows.map((row) => [row.at('vmId').text, stateOf(row)]));
      expect(told).toEqual(
        new Map([
          [before, 'gone'],
          [await one.owner.vmId('mx2'), 'created-after'],
        ]),
      );
      expect((await one.page()).at('progress').value).toMatchObject({ total: 2, restarted: 1, gone: 1 });
      expect(await one.wire()).toEqual({ mx1: 'open', mx2: 'open' });
      expect(await one.owner.orders()).toEqual(['deallocate mx1', 'start mx1']);
    },
  );
});

describe('a machine that moves under the plan (F11)', () => {
  story('to another group while it waits: the same machine, and its cycle goes on there', async () => {
    const one = await tracked(postern, { machines: ['mx1', 'mx2'] });
    await one.machineIs('mx1', 'deallocating');
    const vmId = await one.owner.vmId('mx2');
    await one.owner.move('mx2', 'elsewhere');
    await one.is('effective');
    const row = await one.row('mx2');
    expect([row.at('vmId').text, stateOf(row)]).toEqual([vmId, 'restarted']);
    expect(row.at('resourceId').text).toContain('/resourceGroups/elsewhere/');
    expect(await one.wire()).toEqual({ mx1: 'open', mx2: 'open' });
  });

  story('to another group while we have it stopped: it is started where it is now (I18)', async () => {
    const one = await tracked(postern, {
      machines: ['mx1'],
      before: async (_owner, id) => {
        await faultIn(postern, `${id}.*mx1/start`, { ...failingStart, times: 1 });
      },
    });
    await one.machineIs('mx1', 'allocation-failed');
    await one.owner.move('mx1', 'elsewhere');
    await one.is('effective');
    expect(await one.wire()).toEqual({ mx1: 'open' });
    expect(stateOf(await one.row('mx1'))).toBe('restarted');
  });

  story(
    'to another subscription while its right is ended: it is found there, and closed (F28, I19)',
    async () => {
      const one = await tracked(postern, { machines: ['mx1'] });
      const other = await aSubscription(postern, { machines: [] });
      await one.is('effective');
      const mend = await one.fault(deniedStop, '.*mx1/deallocate');
      const admin = `/v1/admin/exemptions/${one.exemptionId}`;
      await decide(postern, 'approver', admin, 'revoke', {
        reasonCode: 'terms-violated',
        internalReason: 'x',
      });
      await one.machineIs('mx1', 'missing-right');
      await one.owner.move('mx1', 'mail', other);
      expect(await postern.cloud.wire(other)).toEqual(new Map([['mx1', 'open']]));
      await one.is('revoked');
      expect(await postern.cloud.wire(other)).toEqual(new Map([['mx1', 'closed']]));
      const row = await one.row('mx1');
      expect([stateOf(row), row.at('elsewhere', 'subscriptionId').text]).toEqual(['restarted', other]);
      await mend();
    },
  );
});

describe('a spot machine that is evicted', () => {
  story('before its turn: it lost its host, rests, and is not started by us', async () => {
    const one = await tracked(postern, { plan: observed, made: { mx1: spot } });
    await one.machineIs('mx1', 'not-deallocated-yet');
    await one.owner.platform('evict', 'mx1');
    await one.is('effective');
    const row = await one.row('mx1');
    expect([stateOf(row), blockerOf(row)]).toEqual(['resting', 'rests']);
    expect(await one.owner.orders()).toEqual([]);
    await one.owner.act('mx1', 'start');
    const exempt = await one.machineIs('mx1', 'restarted');
    expect(exempt.at('because').text).toMatch(/lost its host and took one again while the gate stood open/);
    expect(await one.wire()).toEqual({ mx1: 'open' });
  });

  story('while we stop it: not our stop took its host, so it rests; its owner starts it (I18)', async () => {
    const one = await tracked(postern, {
      made: { mx1: spot },
      before: async (_owner, id) => {
        await faultIn(postern, `${id}.*mx1/deallocate`, { kind: 'operation-endless', times: 1 });
      },
    });
    await until(
      'our order',
      () => one.owner.orders(),
      (orders) => orders.includes('deallocate mx1'),
    );
    await one.owner.platform('evict', 'mx1');
    await one.is('effective');
    expect(stateOf(await one.row('mx1'))).toBe('resting');
    expect(await one.owner.orders()).not.toContain('start mx1');
    await one.owner.act('mx1', 'start');
    await one.machineIs('mx1', 'restarted');
    expect(await one.wire()).toEqual({ mx1: 'open' });
  });
});

describe('a machine that is hibernated, shut down or restarted', () => {
  story('hibernated: the host is released; started again it is exempt', async () => {
    const one = await tracked(postern, { plan: observed, made: { mx1: hibernating } });
    await one.machineIs('mx1', 'not-deallocated-yet');
    await one.owner.act('mx1', 'deallocate?hibernate=true');
    await one.is('effective');
    expect(blockerOf(await one.row('mx1'))).toBe('rests');
    await one.owner.act('mx1', 'start');
    expect((await one.machineIs('mx1', 'restarted')).at('exempt').value).toBe(true);
    expect(await one.wire()).toEqual({ mx1: 'open' });
  });

  story('hibernated before the grant: it rests, and is left alone', async () => {
    const one = await tracked(postern, {
      made: { mx1: hibernating },
      before: (owner) => owner.act('mx1', 'deallocate?hibernate=true'),
    });
    const page = await one.is('effective');
    expect(page.at('progress').value).toMatchObject({ total: 1, resting: 1 });
    expect(await one.owner.orders()).toEqual(['deallocate mx1']);
  });

  story(
    'shut down and restarted from inside: the host is still allocated, and says so; then we do it',
    async () => {
      const one = await tracked(postern, { plan: observed, machines: ['mx1'] });
      await one.machineIs('mx1', 'not-deallocated-yet');
      await one.owner.act('mx1', 'powerOff');
      const stopped = await one.machineIs('mx1', 'stopped-but-allocated');
      expect(stopped.at('blocker', 'message').text).toMatch(/host is still allocated.*az vm deallocate/);
      await one.owner.act('mx1', 'start');
      await one.machineIs('mx1', 'not-deallocated-yet');
      await one.owner.act('mx1', 'restart');
      await until(
        'the page to say why',
        one.page,
        (page) => page.at('problem', 'code').text === 'owner-restarts',
      );
      expect(await one.wire()).toEqual({ mx1: 'closed' });
      await one.setPlan(managed);
      await one.is('effective');
      expect(await one.wire()).toEqual({ mx1: 'open' });
    },
  );

  story('found shut down: it is deallocated and rests, as it was found; its owner starts it', async () => {
    const one = await tracked(postern, {
      machines: ['mx1'],
      before: async (owner) => {
        await owner.act('mx1', 'powerOff');
        await until(
          'it to be off',
          () => owner.power('mx1'),
          (power) => power === 'stopped',
        );
      },
    });
    const page = await one.is('effective');
    expect(page.at('progress').value).toMatchObject({ total: 1, resting: 1 });
    expect(await one.owner.orders()).toEqual(['powerOff mx1', 'deallocate mx1']);
    expect(await one.owner.power('mx1')).toBe('deallocated');
    await one.owner.act('mx1', 'start');
    expect((await one.machineIs('mx1', 'restarted')).at('exempt').value).toBe(true);
  });
});
