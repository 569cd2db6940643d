import { randomUUID } from 'node:crypto';
import { AttendTheUnattended } from '../../../src/application/attend-the-unattended.js';
import { RecordEffectFailure } from '../../../src/application/record-effect-failure.js';
import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { HeardEngineers } from './heard-engineers.js';
import { by, customer, reviewer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const managed = { mode: 'managed', window: null, maxUnavailable: '100%', canary: false } as const;

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

/** mx1 was stopped by us, may not be started, and its right has been revoked meanwhile, and has ended. */
async function owed(): Promise<Granted> {
  const right = await granted(world, 0, ['mx1']);
  await denied(right, 'Microsoft.Compute/virtualMachines/start/action');
  await right.setPlan(managed);
  await world.live(1, 15_000);
  await right.revoke();
  await world.live(10);
  const { state } = await world.verb(FindExemption).run(by(customer), right.exemptionId);
  expect([state, await right.client.wire()]).toEqual(['revoked', ['mx1 deallocated off']]);
  return right;
}
const denied = ({ client }: Granted, ...actions: readonly string[]) =>
  client.control('PUT', `/subscriptions/${client.subscription}/rights`, { denied: actions });
/** What looked after it was given up, as if it had failed again and again. */
async function giveUpLooking({ exemptionId }: Granted): Promise<void> {
  await world.dataSource.query(
    `UPDATE effects SET state = 'dead', ended_at = now() WHERE singleton_key = $1 AND state = 'pending'`,
    [`conduct_${exemptionId}`],
  );
}

describe('a start that is owed after the end of a right', () => {
  it('is looked after again where that was given up, until the machine runs (I13, I18)', async () => {
    const right = await owed();
    await giveUpLooking(right);
    await denied(right);
    await world.live(20);
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
    expect(await world.verb(AttendTheUnattended).run()).toBe(1);
    await world.live(20);
    expect(await right.client.wire()).toEqual(['mx1 running closed']);
    expect(await world.verb(AttendTheUnattended).run()).toBe(0);
  });
});

describe('a late stop that is not undone, because that failed again and again', () => {
  /** What undoes it was given up; engineers are reached, or nobody takes the mail. */
  async function givenUp(restartId: string, engineers: HeardEngineers): Promise<void> {
    const ids = { next: () => randomUUID() };
    await new RecordEffectFailure(world.unitOfWork, world.clock, ids, engineers).run({
      id: randomUUID(),
      effect: { type: 'undo-late-stop', restartId, takenAt: world.clock.now() },
      ...{ state: 'dead', epoch: 9, attempts: 8, losses: 0, lastError: 'Error ECONNREFUSED' },
      ...{ dueAt: world.clock.now(), createdAt: world.clock.now() },
    });
  }
  class NobodyReached extends HeardEngineers {
    override call(): Promise<void> {
      return Promise.reject(new Error('no relay takes it'));
    }
  }

  it('is told to an engineer, by a line at least: which exemption, and which machine (F4, I13, I18)', async () => {
    const { exemptionId } = await owed();
    const [restart] = await world.unitOfWork.read({ actor: reviewer }, (tx) =>
      tx.restarts.ofExemption(exemptionId),
    );
    const about = { exemptionId, cause: 'late-stop', machines: [{ name: 'mx1', vmId: restart?.vmId }] };
    const reached = new HeardEngineers();
    await givenUp(restart?.id ?? '', reached);
    expect([reached.called, reached.givenUp]).toMatchObject([[about], []]);
    const nobody = new NobodyReached();
    await givenUp(restart?.id ?? '', nobody);
    expect(nobody.givenUp).toMatchObject([about]);
    await expect(givenUp(randomUUID(), nobody)).resolves.toBeUndefined();
  });
});
