import { until } from '../../launch/demo/desk.js';
import { payAsYouGo, registerDevelopmentTenants } from '../support/filing.js';
import { startPostern, type Postern } from '../support/postern.js';
import { sideBySide } from '../support/side-by-side.js';
import { blockerOf, faultIn, managed, observed, stateOf, tracked, type Tracked } from '../support/tracked.js';

const env = { CLOCK_MARGIN_SECONDS: '5', ACTIVITY_LOG_SECONDS: '2' };
const otherTenant = '77777777-7777-4777-8777-777777777777';
let postern: Postern;
const story = sideBySide(async () => {
  postern = await startPostern({ env });
  await registerDevelopmentTenants(postern);
  const body = { kind: 'customer', name: 'Other' };
  await postern.call('operator', 'PUT', `/v1/admin/tenants/${otherTenant}`, { body });
});
afterAll(() => postern.stop());

/** What lies closer to a move of the gate than the margin is unknown, and told so. */
const marginIsOver = (since: string) =>
  until(
    'the clock margin to be over',
    () => Promise.resolve(Date.now() - Date.parse(since)),
    (ms) => ms > 6_000,
  );

const failingStart = { kind: 'operation-fails', code: 'AllocationFailed' };
const local = { diffDiskSettings: { option: 'Local' } };
const ephemeral = { properties: { storageProfile: { osDisk: local } } };

describe('a machine that is created during the plan', () => {
  story('after the first listing: it carries the open position, has a row, and is not counted', async () => {
    const one = await tracked(postern, { machines: ['mx1', 'mx2'] });
    await one.machineIs('mx1', 'deallocating');
    await one.owner.create('mx3');
    const page = await one.is('effective');
    expect((await one.rows()).map(stateOf)).toEqual(['restarted', 'restarted', 'created-after']);
    expect(page.at('progress').value).toMatchObject({ total: 2, restarted: 2 });
    expect((await one.row('mx3')).at('because').text).toMatch(/created after the gate had opened/);
    expect(await one.wire()).toEqual({ mx1: 'open', mx2: 'open', mx3: 'open' });
    expect(await one.owner.orders()).not.toContain('deallocate mx3');
  });

  story(
    'within the clock margin of the opening, before anybody looked: cycled, not assumed (F13)',
    async () => {
      let mend = () => Promise.resolve();
      const one = await tracked(postern, {
        machines: ['mx1'],
        before: async (_owner, id) => {
          const order = { kind: 'error', status: 403, code: 'AuthorizationFailed' };
          mend = await faultIn(postern, `${id}/providers/Microsoft.Compute/virtualMachines`, order);
        },
      });
      await until(
        'the gate to be open',
        () => postern.cloud.gate(one.id),
        (gate) => gate.at('gate').text === 'open',
      );
      await one.owner.create('mx2');
      await mend();
      const page = await one.is('effective');
      expect(page.at('progress').value).toMatchObject({ total: 2, restarted: 2 });
      expect(await one.owner.orders()).toContain('deallocate mx2');
      expect(await one.wire()).toEqual({ mx1: 'open', mx2: 'open' });
    },
  );
});

describe('its owner’s own hand', () => {
  story('stops a machine that we are starting: it rests, and is never started by us (I18)', async () => {
    let mend = () => Promise.resolve();
    const one = await tracked(postern, {
      machines: ['mx1'],
      before: async (_owner, id) => {
        mend = await faultIn(postern, `${id}.*mx1/start`, failingStart);
      },
    });
    await one.machineIs('mx1', 'allocation-failed');
    await one.owner.act('mx1', 'deallocate');
    await one.machineIs('mx1', 'resting');
    await mend();
    const page = await one.is('effective');
    expect(page.at('progress').value).toMatchObject({ total: 1, resting: 1 });
    expect(await one.owner.power('mx1')).toBe('deallocated');
    const after = (await one.owner.orders()).lastIndexOf('deallocate mx1');
    expect((await one.owner.orders()).slice(after)).toEqual(['deallocate mx1']);
  });

  story('cycles it before the window opens: seen, exempt, and nothing is left for us', async () => {
    const window = { startsAt: '2099-01-01T00:00:00Z', endsAt: '2099-01-02T00:00:00Z' };
    const one = await tracked(postern, { machines: ['mx1'], plan: { ...managed, window } });
    await until(
      'the page to say why',
      one.page,
      (page) => page.at('problem', 'code').text === 'before-window',
    );
    const movedAt = (await one.page()).at('gate', 'movedAt').text;
    await marginIsOver(movedAt);
    await one.owner.act('mx1', 'deallocate');
    await until(
      'it to be off',
      () => one.owner.power('mx1'),
      (power) => power === 'deallocated',
    );
    await one.owner.act('mx1', 'start');
    await one.is('effective');
    const row = await one.machineIs('mx1', 'restarted');
    expect(row.at('exempt').value).toBe(true);
    expect(await one.owner.orders()).toEqual(['deallocate mx1', 'start mx1']);
    expect(await one.wire()).toEqual({ mx1: 'open' });
  });

  story('a system disk on the host: blocked, in words; recreated it is exempt from the start', async () => {
    const one = await tracked(postern, { made: { mx1: ephemeral, mx2: {} } });
    const row = await one.machineIs('mx1', 'blocked');
    expect(row.at('blocker').value).toMatchObject({ code: 'cannot-deallocate' });
    expect(row.at('blocker', 'message').text).toMatch(/ephemeral OS disk.*Create the machine anew/);
    await one.machineIs('mx2', 'restarted');
    expect((await one.page()).at('state').text).toBe('enabling');
    expect((await one.review()).at('progress').value).toMatchObject({ blocked: 1, restarted: 1 });
    await one.owner.remove('mx1');
    await until(
      'it to be deleted',
      () => one.owner.power('mx1'),
      (power) => power === 'absent',
    );
    await one.owner.create('mx1', ephemeral);
    await one.is('effective');
    expect(await one.wire()).toEqual({ mx1: 'open', mx2: 'open' });
    expect(await one.owner.orders()).not.toContain('deallocate mx1');
  });
});

describe('a subscription that is disabled and enabled again', () => {
  story(
    'its machines rest as the platform left them, and are exempt when their owner starts them',
    async () => {
      const one = await tracked(postern, { machines: ['mx1', 'mx2'], plan: observed });
      await one.machineIs('mx2', 'not-deallocated-yet');
      await one.owner.change({ state: 'Disabled' });
      await one.owner.platform('deallocate');
      const page = await one.is('effective');
      expect(page.at('progress').value).toMatchObject({ total: 2, resting: 2 });
      await one.owner.change({ state: 'Enabled' });
      for (const name of ['mx1', 'mx2']) await one.owner.act(name, 'start');
      for (const name of ['mx1', 'mx2']) await one.machineIs(name, 'restarted');
      expect(await one.wire()).toEqual({ mx1: 'open', mx2: 'open' });
    },
  );

  story(
    'with a machine that we had stopped: blocked meanwhile, in words, then started by us (I18)',
    async () => {
      const one = await tracked(postern, {
        machines: ['mx1', 'mx2'],
        before: async (_owner, id) => {
          await faultIn(postern, `${id}.*mx1/start`, { ...failingStart, times: 1 });
        },
      });
      await one.machineIs('mx1', 'allocation-failed');
      await one.owner.change({ state: 'Disabled' });
      await one.owner.platform('deallocate');
      const blocked = await one.machineIs('mx1', 'subscription-disabled');
      expect(blocked.at('blocker', 'message').text).toMatch(
        /Enable it in the portal; Postern sees that and goes on by itself/,
      );
      expect((await one.review()).at('progress').value).toMatchObject({ blocked: 1, resting: 1 });
      await one.owner.change({ state: 'Enabled' });
      await one.is('effective');
      expect(stateOf(await one.row('mx1'))).toBe('restarted');
      expect(await one.wire()).toEqual({ mx1: 'open', mx2: 'off' });
      await one.owner.act('mx2', 'start');
      await one.machineIs('mx2', 'restarted');
    },
  );
});

describe('a subscription that moves to another tenant', () => {
  /** The cloud moves it, and the feed tells the desk. */
  const moves = async (one: Tracked) => {
    await one.owner.change({ tenantId: otherTenant });
    const { status } = await postern.call('ingest', 'PUT', `/v1/admin/subscriptions/${one.id}`, {
      body: {
        tenantId: otherTenant,
        displayName: 'Example',
        offer: payAsYouGo,
        createdAt: '2024-03-01T00:00:00Z',
        state: 'Enabled',
        billing: { paidInvoicesUsd: 2_000, firstInvoicePaidAt: '2024-05-01T00:00:00Z', pastDue: false },
      },
    });
    expect(status).toBe(200);
  };
  /** What everybody reads then. */
  const isSuspended = async (one: Tracked) => {
    const page = await until(
      'it to be suspended',
      () => one.review(),
      (now) => now.at('state').text === 'suspended',
    );
    expect(page.at('suspension', 'reasons').items.map((reason) => reason.at('code').text)).toEqual([
      'subscription-moved',
    ]);
    const review = await one.review();
    expect(review.at('suspendedBy').value).toMatchObject({ kind: 'policy' });
    expect(review.at('history').items.map((line) => line.at('event', 'type').text)).toContain('suspended');
    const path = `/v1/exemptions/${one.exemptionId}`;
    const theirs = await postern.call('customer', 'GET', path);
    const others = await postern.call('customer', 'GET', path, { token: { tenant: otherTenant } });
    // Not its former tenant, nor its present one: the right is the platform's to end.
    expect([theirs.status, others.status]).toEqual([404, 404]);
    await until(
      'the gate to be closed',
      () => postern.cloud.gate(one.id),
      (gate) => gate.at('gate').text === 'closed',
    );
  };

  story('during the plan: suspended by policy, nothing more is begun, nobody else reads of it', async () => {
    const one = await tracked(postern, { machines: ['mx1'], plan: observed });
    await one.machineIs('mx1', 'not-deallocated-yet');
    await moves(one);
    await isSuspended(one);
    expect(await one.owner.orders()).toEqual([]);
    expect(await one.wire()).toEqual({ mx1: 'closed' });
  });

  story('while effective: suspended by policy, running machines are left alone and counted', async () => {
    const one = await tracked(postern, { machines: ['mx1'] });
    await marginIsOver((await one.is('effective')).at('effectiveAt').text);
    await moves(one);
    await isSuspended(one);
    const counted = await until(
      'what is open to be counted',
      () => one.review(),
      (page) => page.at('stillOpen').value === 1,
    );
    expect(counted.at('gate', 'position').text).toBe('closed');
    expect(blockerOf(await one.row('mx1'))).toBe('null');
    expect(await one.wire()).toEqual({ mx1: 'open' });
    expect(await one.owner.orders()).toEqual(['deallocate mx1', 'start mx1']);
  });
});
