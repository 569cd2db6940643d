import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { RecordCloudHints } from '../../../src/application/record-cloud-hints.js';
import { ReviewExemption } from '../../../src/application/queries/review-exemption.js';
import { RecordStatement } from '../../../src/application/record-statement.js';
import { SetRestartPlan } from '../../../src/application/set-restart-plan.js';
import { refusalOf } from './verb-world.js';
import { by, customer, reviewer, stranger } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const minuteMs = 60_000;
let world: EmulatedWorld;
let right: Granted;
beforeEach(async () => {
  world = await createEmulatedWorld();
  world.manners({ delayMs: 4 * minuteMs, duplicates: 1, shuffle: true, caseChanges: true });
  right = await granted(world, 90_000, ['mx1']);
  await world.work();
  world.pass(11 * minuteMs);
  await world.work();
});
afterEach(() => world.close());

const watched = (minutes: number) => world.live(minutes);
const row = async () => (await right.rows())[0];
const state = async () => (await right.exemption())?.state;

async function cycledByItsOwner(): Promise<void> {
  await right.client.power('mx1', 'deallocate');
  world.pass(2_000);
  await right.client.power('mx1', 'start');
  world.pass(2_000);
}

describe('what the activity log tells (E2)', () => {
  it('is how a cycle is seen that begins and ends between two looks: late, twice, in any order and case (I6, F12)', async () => {
    await cycledByItsOwner();
    await world.work();
    expect(await row()).toMatchObject({ state: 'waiting', exempt: false });
    expect(await state()).toBe('enabling');
    await watched(10);
    expect(await row()).toMatchObject({ state: 'restarted', exempt: true, blocker: null });
    expect((await row())?.because).toContain('E2: activity log');
    await watched(12);
    const kinds = (await row())?.evidence.map(({ kind, rank }) => `${rank} ${kind}`);
    expect(kinds).toEqual(['E2 activity-log', 'E2 activity-log']);
    expect(await state()).toBe('effective');
  });

  it('proves nothing by a start from stopped but allocated, nor by a restart', async () => {
    await right.client.power('mx1', 'powerOff');
    world.pass(2_000);
    await right.client.power('mx1', 'start');
    world.pass(2_000);
    await right.client.power('mx1', 'restart');
    await watched(15);
    expect(await row()).toMatchObject({ state: 'waiting', exempt: false });
  });

  it('is how a machine is known to be closed again that was cycled unseen while the exemption was suspended', async () => {
    await cycledByItsOwner();
    await watched(10);
    await right.whileSuspended(cycledByItsOwner, 10);
    await watched(2);
    expect(await row()).toMatchObject({ state: 'waiting', exempt: false });
  });

  describe('of a cycle during a suspension, when the right was given back already (I6)', () => {
    beforeEach(async () => {
      await cycledByItsOwner();
      await watched(10);
      expect(await state()).toBe('effective');
      world.manners({ delayMs: 20 * minuteMs, duplicates: 0, shuffle: false, caseChanges: false });
      await right.whileSuspended(cycledByItsOwner, 7);
      await watched(1);
      expect(await row()).toMatchObject({ state: 'restarted', exempt: true });
      expect(await state()).toBe('effective');
    });
    const page = async () => world.verb(FindExemption).run(by(customer), right.exemptionId);

    it('has the machine planned again: its row, the counts and the page say that it is closed', async () => {
      await watched(40);
      expect(await row()).toMatchObject({
        state: 'waiting',
        exempt: false,
        blocker: { code: 'closed-again' },
      });
      const { progress, problem } = await page();
      expect(progress).toMatchObject({ total: 1, restarted: 0, waiting: 1 });
      expect(problem?.code).toBe('closed-again');
      expect(problem?.message).toContain('set the restart plan to "managed"');
    });

    it('and under a managed plan it is cycled again, and open on the wire', async () => {
      const plan = { mode: 'managed', window: null, maxUnavailable: 1, canary: true } as const;
      await world.verb(SetRestartPlan).run(by(customer), { exemptionId: right.exemptionId, plan });
      await watched(45);
      expect(await row()).toMatchObject({ state: 'restarted', exempt: true, blocker: null });
      expect(await right.client.wire()).toEqual(['mx1 running open']);
      expect(await page()).toMatchObject({ problem: null, progress: { total: 1, restarted: 1 } });
    });
  });

  it('is how a machine that was deleted is gone, once no move before can be told any more (F11, F28)', async () => {
    await right.client.arm('DELETE', right.client.vm('mx1'));
    await watched(10);
    expect(await row()).toMatchObject({ state: 'absent', exempt: false });
    await watched(30);
    expect(await row()).toMatchObject({ state: 'gone', exempt: false });
    expect(await state()).toBe('effective');
  });

  it('is not asked more than once a minute, nor when there is nothing to learn (F9)', async () => {
    const asked = () =>
      world.emulator.world.calls.since(undefined).filter(({ path }) => path.includes('eventtypes')).length;
    const before = asked();
    for (let look = 0; look < 12; look += 1) {
      world.pass(15_000);
      await world.work();
    }
    expect(asked() - before).toBeLessThanOrEqual(4);
  });
});

describe('an activity log that cannot be read', () => {
  const page = () => world.verb(ReviewExemption).run(by(reviewer), right.exemptionId);

  it('is told with the right that is missing, to staff and beside a machine that its owner cycles; nothing stops by it', async () => {
    const { client } = right;
    await client.control('PUT', `/subscriptions/${client.subscription}/rights`, {
      denied: ['Microsoft.Insights/eventtypes/values/read'],
    });
    await watched(2);
    const missing = expect.stringContaining('Microsoft.Insights/eventtypes/values/read');
    expect((await page()).logProblem).toEqual({ code: 'activity-log-right-missing', message: missing });
    expect((await row())?.blocker).toEqual({ code: 'not-deallocated-yet', message: missing });
    await client.power('mx1', 'deallocate');
    await watched(2);
    await client.power('mx1', 'start');
    await watched(6);
    expect(await row()).toMatchObject({ exempt: true, blocker: null });
    await client.control('PUT', `/subscriptions/${client.subscription}/rights`, { denied: [] });
    await watched(6);
    expect(await page()).toMatchObject({ state: 'effective', logProblem: null });
  });
});

describe('a hint of Event Grid (E3)', () => {
  it('is kept once, proves nothing, and has the machines looked at at once (I6, F12)', async () => {
    const { client } = right;
    const hint = {
      eventId: '9f1c0000-0000-4000-8000-000000000001',
      subscriptionId: client.subscription,
      resourceId: client.vm('mx1').toLowerCase(),
      what: 'Microsoft.Compute/virtualMachines/start/action',
      at: world.clock.now(),
    };
    world.pass(8_000); // the look of before is not fresh any more, and the next one not due yet
    expect(await world.verb(RecordCloudHints).run('a trace', [hint, hint])).toEqual({ taken: 2 });
    expect(await world.verb(RecordCloudHints).run('a trace', [hint])).toEqual({ taken: 1 });
    const looks = () => world.emulator.world.calls.since(undefined).length;
    const before = looks();
    await world.work();
    expect(looks()).toBeGreaterThan(before);
    const seen = await row();
    expect(seen).toMatchObject({ state: 'waiting', exempt: false });
    expect(seen?.evidence).toMatchObject([{ kind: 'event-grid', rank: 'E3', fact: 'hinted' }]);
    for (let count = 0; count < 20; count += 1)
      await world.verb(RecordCloudHints).run('a trace', [{ ...hint, eventId: `event-${String(count)}` }]);
    expect((await row())?.evidence).toEqual(seen?.evidence);
    const nobodys = { ...hint, subscriptionId: '00000000-0000-4000-8000-00000000dead' };
    expect(await world.verb(RecordCloudHints).run('a trace', [nobodys])).toEqual({ taken: 0 });
  });
});

describe('an owner’s word (E5)', () => {
  const say = (actor = customer) =>
    row().then((seen) =>
      world.verb(RecordStatement).run(by(actor), { exemptionId: right.exemptionId, vmId: seen?.vmId ?? '' }),
    );

  it('is recorded, is never enough, has the machine looked at at once, and is answered with what is seen (I6)', async () => {
    await right.client.power('mx1', 'powerOff');
    world.pass(2_000);
    const answer = await say();
    expect(answer).toMatchObject({ state: 'waiting', exempt: false, because: null });
    expect(answer.evidence).toMatchObject([{ kind: 'owner-said', rank: 'E5', fact: 'said-cycled' }]);
    for (let again = 0; again < 20; again += 1) {
      world.pass(100);
      expect((await say()).evidence).toEqual(answer.evidence);
    }
    world.pass(20_000);
    await world.work();
    expect(await row()).toMatchObject({ state: 'waiting', exempt: false, powerState: 'stopped' });
    expect((await row())?.blocker).toMatchObject({ code: 'stopped-but-allocated' });
    expect((await row())?.blocker?.message).toContain('az vm deallocate');
  });

  it('is nobody’s of whom the machine is not', async () => {
    expect(await refusalOf(say(stranger))).toEqual(['not-found', 'not-found']);
  });
});

describe('a machine that Postern stopped (I18)', () => {
  async function stoppedByUs({ failedStarts }: { readonly failedStarts: number }): Promise<void> {
    const match = { vmName: 'mx1', path: '/start' };
    await right.client.fault({
      match,
      kind: 'operation-fails',
      code: 'AllocationFailed',
      times: failedStarts,
    });
    const plan = { mode: 'managed', window: null, maxUnavailable: 1, canary: true } as const;
    await world.verb(SetRestartPlan).run(by(customer), { exemptionId: right.exemptionId, plan });
    for (let step = 0; step < 40 && (await row())?.state !== 'starting'; step += 1) {
      world.pass(15_000);
      await world.work();
    }
    expect(await row()).toMatchObject({ state: 'starting' });
  }

  it('rests when its owner stopped it since, and is not started by us', async () => {
    await stoppedByUs({ failedStarts: 100 });
    world.pass(30_000);
    await right.client.power('mx1', 'deallocate');
    await watched(20);
    expect(await row()).toMatchObject({ state: 'resting', powerState: 'deallocated', exempt: false });
    expect(await state()).toBe('effective');
  });

  it('is started by us as long as the log tells of no stop but ours', async () => {
    await stoppedByUs({ failedStarts: 2 });
    await watched(20);
    expect(await row()).toMatchObject({ state: 'restarted', exempt: true });
  });
});
