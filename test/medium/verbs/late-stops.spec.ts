import { systemActor } from '../../../src/domain/access/actor.js';
import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { SetRestartPlan } from '../../../src/application/set-restart-plan.js';
import { UndoLateStop } from '../../../src/application/undo-late-stop.js';
import { ComputeControlPlane } from '../../../src/domain/ports/compute-control-plane.js';
import { Ids } from '../../../src/domain/ports/ids.js';
import { Settings } from '../../../src/domain/ports/settings.js';
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

/** As the worker that stopped it tells, where it lived so long. */
async function tellOfLateStop(): Promise<void> {
  const takenAt = world.clock.now();
  const [restartId] = await world.unitOfWork.read({ actor: reviewer }, async (tx) =>
    (await tx.restarts.ofExemption(right.exemptionId)).map(({ id }) => id),
  );
  await world.unitOfWork.run({ actor: systemActor('restart-vm'), traceId: null }, (tx) =>
    tx.effects.add([{ type: 'undo-late-stop', restartId: restartId ?? '', takenAt }]),
  );
}

/** Killed right before or right after its look at the machine, as far as anybody can tell from outside. */
function dyingWorker(when: string): UndoLateStop {
  const port = <T>(type: abstract new (...args: never[]) => T) => world.ports.get(type) as T;
  const cloud = port(ComputeControlPlane);
  const readMachine: ComputeControlPlane['readMachine'] = async (resourceId, purpose) => {
    if (when === 'after') await cloud.readMachine(resourceId, purpose);
    throw new Error('killed');
  };
  const dying = Object.assign(Object.create(cloud) as ComputeControlPlane, { readMachine });
  return new UndoLateStop(world.unitOfWork, dying, world.clock, port(Ids), port(Settings));
}

/** Power orders of ours and of its owner, in their order. */
function orders(): readonly string[] {
  const calls = world.emulator.world.calls.since(undefined).map(({ path }) => path.split('/'));
  return calls.flatMap((parts) => (parts.at(-2) === 'mx1' ? [parts.at(-1) ?? ''] : []));
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
    expect(orders()).toEqual(['deallocate', 'start', 'deallocate', 'start']);
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
    await tellOfLateStop();
    world.pass(2_000);
    await live(1);
    expect(await right.client.wire()).toEqual(['mx1 running open']);
    await right.client.power('mx1', 'deallocate');
    await live(40);
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
  });

  it.each(['before', 'after'])(
    'is undone once by another worker, where the first one dies %s its look at the machine (F2)',
    async (when) => {
      await stoppedLate();
      await tellOfLateStop();
      world.pass(2_000);
      const due = await world.ledger.claimDue(100, world.clock.now());
      const { id, epoch } = due.find(({ type }) => type === 'undo-late-stop') ?? { id: '', epoch: 0 };
      const taken = await world.ledger.takeLease(id, epoch, 1);
      if (taken?.effect.effect.type !== 'undo-late-stop') throw new Error('nobody was told of it');
      await expect(dyingWorker(when).run(taken.effect.effect, taken.lease)).rejects.toThrow('killed');
      expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
      await world.ledger.sweepLost(world.clock.now(), 0, 5);
      await live(40);
      expect(await right.client.wire()).toEqual(['mx1 running open']);
      expect(orders()).toEqual(['deallocate', 'start', 'deallocate', 'start']);
      expect(await world.ledger.takeLease(id, epoch, 60_000)).toBeNull(); // whoever was to acknowledge it comes too late
    },
  );

  it('is not seen in what we did in time, however often and late the log tells of it', async () => {
    await live(60);
    const ours = world.emulator.world.calls.since(undefined).filter(({ method }) => method === 'POST');
    expect(ours.filter(({ path }) => path.includes('/mx1/'))).toHaveLength(2);
  });
});
