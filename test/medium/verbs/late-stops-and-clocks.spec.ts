import { systemActor } from '../../../src/domain/access/actor.js';
import { by, customer, reviewer } from './people.js';
import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const minuteMs = 60_000;
const managed = { mode: 'managed', window: null, maxUnavailable: 1, canary: false } as const;

let world: EmulatedWorld;
let right: Granted;
/** Which records the log does not tell yet; they come later, as the real ones do, in no order. */
let isHeldBack: (operation: string, nth: number) => boolean;

beforeEach(async () => {
  world = await createEmulatedWorld();
  world.manners({ delayMs: 20_000, duplicates: 0, shuffle: false, caseChanges: true });
  isHeldBack = () => false;
  const log = world.emulator.world.activityLog;
  const readableAt = log.readableAt.bind(log);
  log.readableAt = (...asked) => {
    const nths = new Map<string, number>();
    const isTold = new Map<object, boolean>();
    for (const { record } of readableAt(...asked).toReversed()) {
      const operation = record.happening.operationName.split('/').at(-2) ?? '';
      if (record.phase !== 'Succeeded') continue;
      const nth = (nths.get(operation) ?? 0) + 1;
      nths.set(operation, nth);
      isTold.set(record.happening, !isHeldBack(operation, nth));
    }
    return readableAt(...asked).filter(({ record }) => isTold.get(record.happening) !== false);
  };
});
afterEach(() => world.close());

/** With looks all the time, so that the log is read as often as it may be. */
async function watched(minutes: number): Promise<void> {
  for (let left = minutes * minuteMs; left > 0; left -= 20_000) {
    world.pass(20_000);
    await world.unitOfWork.run({ actor: systemActor('test'), traceId: null }, (tx) =>
      tx.effects.add([{ type: 'conduct-restarts', exemptionId: right.exemptionId }]),
    );
    await world.work();
  }
}
const row = async () => (await right.rows())[0];

/** A machine that Postern has cycled: the start's end was seen by a look, at an instant of our clock. */
async function cycled(cloudIsBehindMs: number): Promise<void> {
  right = await granted(world, cloudIsBehindMs, ['mx1']);
  await world.live(10, 30_000);
  const match = { path: `${right.client.vm('mx1')}/start` };
  await right.client.fault({ kind: 'operation-gone', times: 1, match });
  await right.setPlan(managed);
  await world.live(2, 5_000);
  expect(await row()).toMatchObject({ state: 'restarted', exempt: true });
}
const owner = async (verb: 'start' | 'deallocate') => {
  const { status } = await right.client.arm('POST', `${right.client.vm('mx1')}/${verb}`);
  expect(status).toBe(202);
};
const stopOfOurs = () =>
  world.unitOfWork.read({ actor: reviewer }, async (tx) => {
    const [restart] = await tx.restarts.ofExemption(right.exemptionId);
    return tx.operations.last(restart?.id ?? '', 'deallocate');
  });
/** The call of a worker that was frozen right before it. */
async function stoppedLate(): Promise<void> {
  const id = (await stopOfOurs())?.id ?? '';
  const headers = { 'x-ms-correlation-request-id': id, 'x-ms-client-request-id': id };
  const { status } = await right.client.arm('POST', `${right.client.vm('mx1')}/deallocate`, { headers });
  expect(status).toBe(202);
}
/** As that worker tells, where it lived so long. */
async function tellOfLateStop(): Promise<void> {
  const restartId = (await stopOfOurs())?.restartId ?? '';
  const takenAt = world.clock.now();
  await world.unitOfWork.run({ actor: systemActor('restart-vm'), traceId: null }, (tx) =>
    tx.effects.add([{ type: 'undo-late-stop', restartId, takenAt }]),
  );
}

describe('with our clock four minutes behind the cloud’s', () => {
  const behindMs = -4 * minuteMs;

  it('a stop in time is none that came late, though its start is told after it: what its owner has stopped since stays stopped (F12, F13, I18)', async () => {
    isHeldBack = (operation, nth) => operation === 'start' || nth > 1;
    await cycled(behindMs);
    await owner('deallocate');
    await watched(6);
    isHeldBack = () => false;
    await watched(10);
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
    expect(right.orders('mx1')).toEqual(['deallocate', 'start', 'deallocate']);
  });

  it('a late stop that was undone is not undone again, though the log tells of it alone: its owner’s stop since is theirs (F4, F12, F13, I18)', async () => {
    isHeldBack = (operation, nth) => operation === 'start' || nth > 2;
    await cycled(behindMs);
    await watched(10);
    await stoppedLate();
    await tellOfLateStop();
    await world.live(1, 5_000);
    expect(await right.client.wire()).toEqual(['mx1 running open']);
    await owner('deallocate');
    await watched(6);
    isHeldBack = () => false;
    await watched(10);
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
  });

  it('what its owner stopped before a late stop stays stopped: that one held nothing down (F4, I18)', async () => {
    await cycled(behindMs);
    await watched(10);
    await owner('deallocate');
    await watched(10);
    await stoppedLate();
    await watched(20);
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
  });
});

describe.each([-4 * minuteMs, 4 * minuteMs])('with the cloud’s clock %i ms behind ours', (byMs) => {
  it('a late stop right after its start is undone, though the log tells of the start later than of the stop (F4, F12, F13, I18)', async () => {
    isHeldBack = (operation) => operation === 'start';
    await cycled(byMs);
    await stoppedLate();
    await watched(3);
    isHeldBack = () => false;
    await watched(10);
    expect(await right.client.wire()).toEqual(['mx1 running open']);
    expect(right.orders('mx1')).toEqual(['deallocate', 'start', 'deallocate', 'start']);
    expect((await world.verb(FindExemption).run(by(customer), right.exemptionId)).state).toBe('effective');
  });

  it('a late stop long after its start is undone, though the log never tells of the start (F4, F13, I18)', async () => {
    isHeldBack = (operation) => operation === 'start';
    await cycled(byMs);
    await watched(15);
    await stoppedLate();
    await watched(5);
    expect(await right.client.wire()).toEqual(['mx1 running open']);
  });
});
