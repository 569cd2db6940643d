import { systemActor } from '../../../src/domain/access/actor.js';
import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { SetRestartPlan } from '../../../src/application/set-restart-plan.js';
import { by, customer, reviewer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const minuteMs = 60_000;
let world: EmulatedWorld;
let right: Granted;

const live = (minutes: number) => world.live(minutes, 20_000);
const row = async () => (await right.rows())[0];

/** The call of a worker that was frozen right before it and died right after: only the cloud's log knows of it. */
async function stoppedLate(): Promise<void> {
  const stop = await world.unitOfWork.read({ actor: reviewer }, async (tx) => {
    const [restart] = await tx.restarts.ofExemption(right.exemptionId);
    return tx.operations.last(restart?.id ?? '', 'deallocate');
  });
  const id = stop?.id ?? '';
  const headers = { 'x-ms-correlation-request-id': id, 'x-ms-client-request-id': id };
  const { status } = await right.client.arm('POST', `${right.client.vm('mx1')}/deallocate`, { headers });
  expect(status).toBe(202);
}

/** A machine that Postern has cycled; the cloud's clock stands 90 seconds behind ours. */
beforeEach(async () => {
  world = await createEmulatedWorld();
  world.manners({ delayMs: 4 * minuteMs, duplicates: 1, shuffle: false, caseChanges: true });
  right = await granted(world, 90_000, ['mx1']);
  const plan = { mode: 'managed', window: null, maxUnavailable: 1, canary: true } as const;
  await world.verb(SetRestartPlan).run(by(customer), { exemptionId: right.exemptionId, plan });
  await live(3);
  expect(await row()).toMatchObject({ state: 'restarted', exempt: true });
});
afterEach(() => world.close());

describe('a stop of ours that nobody lived to tell of (F2, F4)', () => {
  it('is told by the cloud’s log, and undone: a machine that we stopped is started by us (I18)', async () => {
    await stoppedLate();
    await live(40);
    expect(await row()).toMatchObject({ state: 'restarted', exempt: true });
    expect(await right.client.wire()).toEqual(['mx1 running open']);
    const orders = world.emulator.world.calls
      .since(undefined)
      .filter(({ path }) => /\/mx1\/(deallocate|start)$/.test(path));
    expect(orders.map(({ path }) => path.split('/').at(-1))).toEqual([
      'deallocate',
      'start',
      'deallocate',
      'start',
    ]);
    expect((await world.verb(FindExemption).run(by(customer), right.exemptionId)).state).toBe('effective');
  });

  it('is its owner’s business where they stopped the machine since (I18)', async () => {
    await stoppedLate();
    world.pass(2_000);
    await right.client.power('mx1', 'start');
    world.pass(6 * minuteMs);
    await right.client.power('mx1', 'deallocate');
    await live(40);
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
  });

  it('is undone once, whoever told of it first: a stop of its owner since is theirs (I18)', async () => {
    await stoppedLate();
    const takenAt = world.clock.now();
    const [restartId] = await world.unitOfWork.read({ actor: reviewer }, async (tx) =>
      (await tx.restarts.ofExemption(right.exemptionId)).map(({ id }) => id),
    );
    world.pass(2_000);
    await world.unitOfWork.run({ actor: systemActor('restart-vm'), traceId: null }, (tx) =>
      tx.effects.add([{ type: 'undo-late-stop', restartId: restartId ?? '', takenAt }]),
    );
    await live(1);
    expect(await right.client.wire()).toEqual(['mx1 running open']);
    await right.client.power('mx1', 'deallocate');
    await live(40);
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
  });

  it('is not seen in what we did in time, however often and late the log tells of it', async () => {
    await live(60);
    const ours = world.emulator.world.calls.since(undefined).filter(({ method }) => method === 'POST');
    expect(ours.filter(({ path }) => path.includes('/mx1/'))).toHaveLength(2);
  });
});
