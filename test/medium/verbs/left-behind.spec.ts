import { RecordEffectFailure } from '../../../src/application/record-effect-failure.js';
import { RetryRestart } from '../../../src/application/retry-restart.js';
import { by, reviewer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const secondMs = 1_000;
const managed = { mode: 'managed', window: null, maxUnavailable: 1, canary: false } as const;

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

/** mx1's order was taken, and then its step is given up, as after three lost workers: nobody asks what became of it. */
async function givenUpAfter(order: 'deallocate' | 'start', held: string | null = null): Promise<Granted> {
  const right = await granted(world, 0, ['mx1']);
  await world.live(10, 30 * secondMs);
  if (held !== null) {
    const match = { path: `${right.client.vm('mx1')}/${order}` };
    await right.client.fault({ kind: held, times: 1, match });
  }
  await right.setPlan(managed);
  for (let second = 0; right.orders('mx1').at(-1) !== order; second += 1) {
    if (second > 120) throw new Error(`no ${order} in two minutes`);
    await world.work();
    world.pass(secondMs);
  }
  world.pass(2 * secondMs);
  const due = await world.ledger.claimDue(100, world.clock.now());
  const step = due.find(({ type }) => type === 'restart-vm');
  const taken = step === undefined ? null : await world.ledger.takeLease(step.id, step.epoch, 60 * secondMs);
  if (taken === null) throw new Error('a step was to be due');
  await world.ledger.recordFailure(taken.lease, 'a test', { kind: 'dead' });
  await world.verb(RecordEffectFailure).run(taken.effect);
  expect((await right.rows()).map(({ state }) => state)).toEqual(['failed']);
  return right;
}

async function retry(right: Granted): Promise<void> {
  const [row] = await right.rows();
  const order = { exemptionId: right.exemptionId, vmId: row?.vmId ?? '', reason: 'try again' };
  await world.verb(RetryRestart).run(by(reviewer), order);
}

const ends = async (right: Granted) => [
  ...(await right.client.wire()),
  ...(await right.rows()).map(({ state, exempt }) => `${state} ${exempt ? 'exempt' : 'not'}`),
];

describe('an operation that nobody asks after any more', () => {
  it('keeps no later one from being given: a machine that it stopped is started when it is tried again (I13, I18)', async () => {
    const right = await givenUpAfter('deallocate');
    await world.live(10, 30 * secondMs);
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
    await retry(right);
    await world.live(3, 5 * secondMs);
    expect(await ends(right)).toEqual(['mx1 running open', 'restarted exempt']);
    expect(right.orders('mx1')).toEqual(['deallocate', 'start']);
  });

  it('is waited for while it is under way: no second one is given beside it (I8)', async () => {
    const right = await givenUpAfter('deallocate', 'operation-endless');
    await retry(right);
    await world.live(5, 10 * secondMs);
    expect(right.orders('mx1')).toEqual(['deallocate']);
    await right.client.control('DELETE', '/faults');
    await world.live(3, 10 * secondMs);
    expect(await ends(right)).toEqual(['mx1 running open', 'restarted exempt']);
    expect(right.orders('mx1')).toEqual(['deallocate', 'start']);
  });

  it('is no bar to a revocation, although its owner started the machine himself (I7)', async () => {
    const right = await givenUpAfter('deallocate');
    await right.client.power('mx1', 'start');
    await world.live(3, 30 * secondMs);
    await right.revoke();
    await world.live(10, 10 * secondMs);
    expect((await right.exemption())?.state).toBe('revoked');
    expect(await right.client.wire()).toEqual(['mx1 running closed']);
  });
});
