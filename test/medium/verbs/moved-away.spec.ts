import { CloudClient } from '../../../emulator/support/cloud-client.js';
import { ReviewExemption } from '../../../src/application/queries/review-exemption.js';
import { RetryRestart } from '../../../src/application/retry-restart.js';
import { RevokeExemption } from '../../../src/application/revoke-exemption.js';
import { approver, by, reviewer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const minuteMs = 60_000;
let world: EmulatedWorld;
let right: Granted;
let elsewhere: CloudClient;

const live = (minutes: number) => world.live(minutes, 20_000);
/** Until the right is in a state, for an hour at most. */
async function livedUntil(wanted: string): Promise<void> {
  for (let minute = 0; minute < 60 && (await state()) !== wanted; minute += 1) await live(1);
  expect(await state()).toBe(wanted);
}
const rows = async () => Object.fromEntries((await right.rows()).map((row) => [row.name, row]));
const state = async () => (await right.exemption())?.state;

async function move(name: string, from: CloudClient, to: CloudClient): Promise<void> {
  const order = { resources: [from.vm(name)], targetResourceGroup: `${to.path}/resourceGroups/rg` };
  const { status } = await from.arm('POST', `${from.path}/resourceGroups/rg/moveResources`, { body: order });
  expect(status).toBe(200);
}

/** An effective exemption is revoked; mx1 is cycled first, mx2 waits and is moved meanwhile. */
beforeEach(async () => {
  world = await createEmulatedWorld();
  world.manners({ delayMs: 10 * minuteMs, duplicates: 1, shuffle: true, caseChanges: true });
  right = await granted(world, 90_000, ['mx1', 'mx2']);
  elsewhere = new CloudClient(world.emulator.url);
  await elsewhere.createSubscription();
  await world.work();
  world.pass(11 * minuteMs);
  await world.work();
  for (const name of ['mx1', 'mx2']) {
    await right.client.power(name, 'deallocate');
    world.pass(2_000);
    await world.work();
    await right.client.power(name, 'start');
    world.pass(2_000);
  }
  await livedUntil('effective');
  const order = {
    exemptionId: right.exemptionId,
    reasonCode: 'terms-violated',
    violationId: null,
    internalReason: 'a test',
  };
  const version = (await right.exemption())?.version ?? 0;
  await world.verb(RevokeExemption).run(by(approver, version), order);
  await world.work();
  expect(await rows()).toMatchObject({ mx1: { state: 'deallocating' }, mx2: { state: 'waiting' } });
});
afterEach(() => world.close());

describe('a machine that is moved to another subscription while its right is ended (F11, I7)', () => {
  beforeEach(() => move('mx2', right.client, elsewhere));

  it('is not gone before the log tells, which it does late; then it waits for a human, and so does the end', async () => {
    await live(5);
    expect(await rows()).toMatchObject({ mx1: { state: 'restarted' }, mx2: { state: 'waiting' } });
    await live(20);
    const { mx2 } = await rows();
    expect(mx2).toMatchObject({ state: 'blocked', blocker: { code: 'moved-elsewhere' } });
    expect(mx2?.blocker?.message).toContain('retries it with what was found');
    await live(60);
    expect([await state(), (await rows())['mx2']?.state]).toEqual(['revoking', 'blocked']);
    const page = await world.verb(ReviewExemption).run(by(reviewer), right.exemptionId);
    expect(page.humanNeededFor).toMatchObject({ code: 'ending-blocked' });
    expect(page.humanNeededFor?.message).toContain('mx2 cannot be closed: it is gone from the subscription');
    expect(page.stillOpen).toBe(1);
  });

  it('counts as gone once an engineer has seen to it, and says so by a retry', async () => {
    await live(25);
    await elsewhere.power('mx2', 'deallocate');
    const vmId = (await rows())['mx2']?.vmId ?? '';
    const order = { exemptionId: right.exemptionId, vmId, reason: 'deallocated in the other subscription' };
    const row = await world.verb(RetryRestart).run(by(reviewer), order);
    expect(row.state).toBe('gone');
    await livedUntil('revoked');
  });

  it('goes on by itself when it is moved back: it is the same machine, and is closed', async () => {
    await live(25);
    await move('mx2', elsewhere, right.client);
    await livedUntil('revoked');
    expect(await rows()).toMatchObject({ mx2: { state: 'restarted' } });
    expect(await right.client.wire()).toEqual(['mx1 running closed', 'mx2 running closed']);
  });

  it('is planned again when it comes back after it counted as gone, before the right has ended', async () => {
    await live(25);
    const vmId = (await rows())['mx2']?.vmId ?? '';
    const order = { exemptionId: right.exemptionId, vmId, reason: 'said to be deleted' };
    await world.verb(RetryRestart).run(by(reviewer), order);
    await move('mx2', elsewhere, right.client);
    await livedUntil('revoked');
    expect(await right.client.wire()).toContain('mx2 running closed');
  });
});

it('is gone as soon as the log tells of a delete', async () => {
  await right.client.arm('DELETE', right.client.vm('mx2'));
  await live(5);
  expect((await rows())['mx2']?.state).toBe('waiting');
  await livedUntil('revoked');
  expect((await rows())['mx2']?.state).toBe('gone');
});
