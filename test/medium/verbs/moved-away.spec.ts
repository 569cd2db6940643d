import { CloudClient } from '../../../emulator/support/cloud-client.js';
import { ListExemptionMachines } from '../../../src/application/queries/list-exemption-machines.js';
import { ReviewExemption } from '../../../src/application/queries/review-exemption.js';
import { RetryRestart } from '../../../src/application/retry-restart.js';
import { by, customerTenant, reviewer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const minuteMs = 60_000;
let world: EmulatedWorld;
let right: Granted;
let elsewhere: CloudClient;

const live = (minutes: number) => world.live(minutes, 20_000);
const state = async () => (await right.exemption())?.state;
/** Until the right is in a state, for two hours at most. */
async function livedUntil(wanted: string): Promise<void> {
  for (let minute = 0; minute < 120 && (await state()) !== wanted; minute += 1) await live(1);
  expect(await state()).toBe(wanted);
}
const rows = async () => Object.fromEntries((await right.rows()).map((row) => [row.name, row]));
const rowsOfStaff = async () => {
  const all = { after: null, limit: 200 };
  const { items } = await world.verb(ListExemptionMachines).run(by(reviewer), right.exemptionId, all);
  return Object.fromEntries(items.map((row) => [row.name, row]));
};
const page = () => world.verb(ReviewExemption).run(by(reviewer), right.exemptionId);
async function retry(name: string, reason: string) {
  const vmId = (await rows())[name]?.vmId ?? '';
  return world.verb(RetryRestart).run(by(reviewer), { exemptionId: right.exemptionId, vmId, reason });
}
/** How the machines of both subscriptions stand, as only the emulated cloud knows it. */
const everywhere = async () => [...(await right.client.wire()), ...(await elsewhere.wire())].toSorted();

async function move(name: string, from: CloudClient, to: CloudClient): Promise<void> {
  const order = { resources: [from.vm(name)], targetResourceGroup: `${to.path}/resourceGroups/rg` };
  const { status } = await from.arm('POST', `${from.path}/resourceGroups/rg/moveResources`, { body: order });
  expect([200, 202, 204]).toContain(status);
}
async function cycle(name: string): Promise<void> {
  await right.client.power(name, 'deallocate');
  world.pass(2_000);
  await world.work();
  await right.client.power(name, 'start');
  world.pass(2_000);
}
const lock = () => `${elsewhere.vm('mx2')}/providers/Microsoft.Authorization/locks/keep`;

/** No answer of the search, as where the right to it is missing, until it is taken back. */
async function searchRefused(): Promise<() => Promise<void>> {
  const fault = {
    match: { path: 'Microsoft.ResourceGraph' },
    kind: 'error',
    status: 403,
    code: 'AuthorizationFailed',
  };
  const { body } = await right.client.fault(fault);
  const path = `/faults/${(body as { id: string }).id}`;
  return async () => {
    await right.client.control('DELETE', path);
  };
}

/** An effective exemption of mx1 and mx2, both open; the log tells ten minutes late, and the index of machines three. */
beforeEach(async () => {
  world = await createEmulatedWorld();
  world.manners({ delayMs: 10 * minuteMs, duplicates: 1, shuffle: true, caseChanges: true });
  right = await granted(world, 90_000, ['mx1', 'mx2']);
  elsewhere = new CloudClient(world.emulator.url);
  await elsewhere.createSubscription();
  world.emulator.world.resourceGraph.manners = {
    ...world.emulator.world.resourceGraph.manners,
    lagMs: 3 * minuteMs,
  };
  await world.work();
  world.pass(11 * minuteMs);
  await world.work();
  for (const name of ['mx1', 'mx2']) await cycle(name);
  await livedUntil('effective');
  expect(await everywhere()).toEqual(['mx1 running open', 'mx2 running open']);
});
afterEach(() => world.close());

const bothClosed = ['mx1 running closed', 'mx2 running closed'];

describe('a machine that is moved to another subscription (F28, I7, I19)', () => {
  it('while its right is effective is absent, and not gone; the end of the right closes it where it is', async () => {
    await move('mx2', right.client, elsewhere);
    await live(60);
    const { mx2 } = await rows();
    expect([await state(), mx2?.state, mx2?.blocker?.code]).toEqual(['effective', 'absent', 'absent']);
    await right.revoke();
    await livedUntil('revoked');
    expect(await everywhere()).toEqual(bothClosed);
    expect((await rows())['mx2']).toMatchObject({ state: 'restarted', direction: 'revoke' });
  });

  it('while the right ends is closed where it is found', async () => {
    await right.revoke();
    await world.work();
    await move('mx2', right.client, elsewhere);
    await livedUntil('revoked');
    expect(await everywhere()).toEqual(bothClosed);
  });

  it('while the right is suspended, and its machines are closed, is closed as well', async () => {
    await move('mx2', right.client, elsewhere);
    await live(10);
    await right.suspend(true);
    await live(40);
    expect([await state(), await everywhere()]).toEqual(['suspended', bothClosed]);
  });

  it('while the right is suspended, and its machines are left alone, counts among those that are still open', async () => {
    await right.suspend();
    await live(10);
    await move('mx2', right.client, elsewhere);
    await live(60);
    expect((await page()).stillOpen).toBe(2);
    await right.revoke();
    await livedUntil('revoked');
    expect(await everywhere()).toEqual(bothClosed);
  });

  it('holds no reinstatement up', async () => {
    await right.suspend();
    await live(10);
    await move('mx2', right.client, elsewhere);
    await live(10);
    await right.reinstate();
    await livedUntil('effective');
    await right.revoke();
    await livedUntil('revoked');
    expect(await everywhere()).toEqual(bothClosed);
  });

  it('is seen by itself when it is moved back, and nobody says that it is exempt before it was cycled', async () => {
    await move('mx2', right.client, elsewhere);
    await live(60);
    for (const action of ['deallocate', 'start']) {
      await elsewhere.power('mx2', action);
      await live(1);
    }
    await move('mx2', elsewhere, right.client);
    await live(30);
    const { mx2 } = await rows();
    expect(mx2).toMatchObject({ exempt: false, state: 'waiting' });
    await right.revoke();
    await livedUntil('revoked');
    expect(await everywhere()).toEqual(bothClosed);
  });

  it('and was cycled there by others is closed without another cycle, once a look saw it without a host', async () => {
    await move('mx2', right.client, elsewhere);
    await right.revoke();
    await elsewhere.power('mx2', 'deallocate');
    await livedUntil('revoked');
    expect((await rows())['mx2']?.state).toBe('resting');
    expect(await everywhere()).toEqual(['mx1 running closed', 'mx2 deallocated off']);
  });

  it('that cannot be stopped there holds the end open, and a human is called; its row says where it is', async () => {
    await move('mx2', right.client, elsewhere);
    await elsewhere.put(lock(), { properties: { level: 'ReadOnly' } });
    await right.revoke();
    await live(60);
    expect([await state(), (await rows())['mx2']?.state]).toEqual(['revoking', 'blocked']);
    expect((await page()).humanNeededFor).toMatchObject({ code: 'ending-blocked' });
    expect(world.called.length).toBeGreaterThan(0);
    const staff = (await rowsOfStaff())['mx2'];
    expect(staff?.elsewhere).toEqual({ subscriptionId: elsewhere.subscription });
    expect(JSON.stringify(staff)).toContain(elsewhere.subscription);
    // Whose subscription it is, its former owner does not learn (I12).
    const own = (await rows())['mx2'];
    expect(own?.elsewhere).toEqual({ subscriptionId: null });
    expect(JSON.stringify(own)).not.toContain(elsewhere.subscription);
    await world.register({ subscriptionId: elsewhere.subscription, tenantId: customerTenant });
    expect((await rows())['mx2']?.elsewhere).toEqual({ subscriptionId: elsewhere.subscription });
    await elsewhere.arm('DELETE', lock());
    await retry('mx2', 'the lock was removed');
    await livedUntil('revoked');
    expect(await everywhere()).toEqual(bothClosed);
  });
});

describe('a machine that is moved out of sight while its right is ended (I7, I17)', () => {
  it('waits for a human where nobody can search for it, and counts as gone once the human says what became of it', async () => {
    const allowed = await searchRefused();
    await move('mx2', right.client, elsewhere);
    await right.revoke();
    await live(60);
    const { mx2 } = await rows();
    expect([await state(), mx2?.state, mx2?.blocker?.code]).toEqual([
      'revoking',
      'absent',
      'cannot-look-elsewhere',
    ]);
    expect(mx2?.blocker?.message).toContain('retries it with what was found');
    const { humanNeededFor, stillOpen } = await page();
    expect(humanNeededFor?.message).toContain('mx2 cannot be closed: it is absent');
    expect(stillOpen).toBe(1);
    await elsewhere.power('mx2', 'deallocate');
    expect((await retry('mx2', 'deallocated in the other subscription')).state).toBe('gone');
    await livedUntil('revoked');
    await allowed();
  });

  it('is found and closed by itself once it can be searched for', async () => {
    const allowed = await searchRefused();
    await move('mx2', right.client, elsewhere);
    await right.revoke();
    await live(40);
    expect((await rows())['mx2']?.blocker?.code).toBe('cannot-look-elsewhere');
    await allowed();
    await livedUntil('revoked');
    expect(await everywhere()).toEqual(bothClosed);
  });

  it('is planned again when it comes back after it counted as gone, before the right has ended', async () => {
    const allowed = await searchRefused();
    await move('mx2', right.client, elsewhere);
    await right.revoke();
    await live(1);
    const vmId = (await rows())['mx2']?.vmId;
    await live(3);
    expect((await rows())['mx2']?.state).toBe('absent');
    await retry('mx2', 'said to be deleted');
    await move('mx2', elsewhere, right.client);
    await livedUntil('revoked');
    expect((await rows())['mx2']?.vmId).toBe(vmId);
    expect(await right.client.wire()).toContain('mx2 running closed');
    await allowed();
  });
});

describe('a machine that was deleted', () => {
  it('is gone once the log shows it, and shows that nothing was moved before', async () => {
    await right.revoke();
    await world.work();
    await right.client.arm('DELETE', right.client.vm('mx2'));
    await live(5);
    expect((await rows())['mx2']?.state).toBe('absent');
    await livedUntil('revoked');
    expect((await rows())['mx2']?.state).toBe('gone');
  });

  it('is absent while the right is effective until the log shows it, and holds nothing up', async () => {
    await right.client.arm('DELETE', right.client.vm('mx2'));
    await live(12);
    expect([await state(), (await rows())['mx2']?.state]).toEqual(['effective', 'absent']);
    await live(60);
    expect((await rows())['mx2']?.state).toBe('gone');
  });

  it('is not the one that was moved out before, and whose name it was given (F28)', async () => {
    await move('mx2', right.client, elsewhere);
    world.pass(2_000);
    await right.client.create('mx2');
    world.pass(2_000);
    await right.client.arm('DELETE', right.client.vm('mx2'));
    await live(90);
    await right.revoke();
    await livedUntil('revoked');
    expect(await everywhere()).toEqual(bothClosed);
  });
});

describe('a machine that is moved in (F28, I6, I7)', () => {
  it('closed, into an effective right, is never told to be exempt', async () => {
    world.pass(20 * minuteMs);
    await elsewhere.create('mx9');
    await live(10);
    await move('mx9', elsewhere, right.client);
    await live(90);
    expect((await rows())['mx9']).toMatchObject({ exempt: false, state: 'waiting' });
    expect(await state()).toBe('effective');
    await cycle('mx9');
    await live(20);
    expect((await rows())['mx9']).toMatchObject({ exempt: true });
  });

  it('open, while the right ends, is counted and closed, and not taken for one that was created since', async () => {
    // Created in a subscription whose gate is open, after ours has begun to close.
    await elsewhere.gate('open', 1);
    await right.revoke();
    await world.work();
    world.pass(6 * minuteMs);
    await elsewhere.create('mx9');
    world.pass(minuteMs);
    await move('mx9', elsewhere, right.client);
    expect(await right.client.wire()).toContain('mx9 running open');
    await livedUntil('revoked');
    expect((await rows())['mx9']?.state).toBe('restarted');
    expect(await everywhere()).toEqual([...bothClosed, 'mx9 running closed']);
  });

  it('a machine that is created in the subscription itself needs nothing, once the log tells (docs/enforcement.md)', async () => {
    world.pass(10 * minuteMs);
    await world.work();
    await right.client.create('mx7');
    await live(8);
    expect((await rows())['mx7']).toMatchObject({ state: 'waiting', exempt: false });
    expect((await rows())['mx7']?.blocker?.code).toBe('origin-unknown');
    await live(20);
    expect((await rows())['mx7']).toMatchObject({ state: 'created-after', exempt: true });
    expect(right.orders('mx7')).toEqual([]);
  });
});

describe('machines that were created and moved away before any look saw them (F28, I19)', () => {
  const names = ['u1', 'u2', 'u3', 'u4', 'u5'];

  it('are on the page once the log told of them, and closed where they are, five of five in a Free Trial subscription', async () => {
    await elsewhere.arm('PUT', elsewhere.path, {
      body: { subscriptionPolicies: { quotaId: 'FreeTrial_2014-09-01', spendingLimit: 'On' } },
    });
    world.pass(10 * minuteMs);
    for (const name of names) await right.client.create(name);
    world.pass(2_000);
    for (const name of names) await move(name, right.client, elsewhere);
    expect(await elsewhere.wire()).toEqual(names.map((name) => `${name} running open`));
    await live(30);
    const known = await rows();
    expect(names.map((name) => known[name]?.state)).toEqual(names.map(() => 'absent'));
    expect(await state()).toBe('effective');
    await right.revoke();
    await livedUntil('revoked');
    expect(await elsewhere.wire()).toEqual(names.map((name) => `${name} running closed`));
  });
});
