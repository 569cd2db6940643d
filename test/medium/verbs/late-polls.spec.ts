import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { by, customer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const secondMs = 1_000;
const managed = { mode: 'managed', window: null, maxUnavailable: 1, canary: false } as const;
const cycle = ['deallocate', 'start'];

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

/** The cloud goes on carrying out orders, but does not say what became of them. */
const saysNothing = async ({ client }: Granted) => {
  const match = { method: 'GET', path: '/operations/' };
  await client.fault({ kind: 'error', status: 503, code: 'ServerBusy', match });
};
const saysAgain = ({ client }: Granted) => client.control('DELETE', '/faults');
const stateOf = async ({ exemptionId }: Granted) =>
  (await world.verb(FindExemption).run(by(customer), exemptionId)).state;
const owner = async ({ client }: Granted, verb: 'start' | 'deallocate') => {
  const { status } = await client.arm('POST', `${client.vm('mx1')}/${verb}`);
  expect(status).toBe(202);
};

/** One machine's cycle as far as this order of it, long after the gate has opened; the cloud says nothing after that. */
async function orderedUpTo(order: 'deallocate' | 'start'): Promise<Granted> {
  const right = await granted(world, 0, ['mx1']);
  await world.live(10, 30 * secondMs);
  await right.setPlan(managed);
  for (let second = 0; right.orders('mx1').at(-1) !== order; second += 1) {
    if (second > 120) throw new Error(`no ${order} in two minutes`);
    await world.work();
    world.pass(secondMs);
  }
  await saysNothing(right);
  await world.live(1, 10 * secondMs);
  return right;
}

describe('an operation whose end is read long after it', () => {
  it('proves nothing under a gate that has closed since: its owner had started the machine while it was open (I6, I7)', async () => {
    const right = await orderedUpTo('deallocate');
    await owner(right, 'start');
    await world.live(2, 10 * secondMs);
    expect(await right.client.wire()).toEqual(['mx1 running open']);
    await right.revoke();
    await world.work();
    await world.live(1, 10 * secondMs);
    await saysAgain(right);
    for (let halves = 0; (await stateOf(right)) !== 'revoked'; halves += 1) {
      if (halves > 120) throw new Error('not revoked in an hour');
      await world.live(1, 30 * secondMs);
    }
    expect(await right.client.wire()).toEqual(['mx1 running closed']);
  });

  it('serves, where a look shows that nothing has happened since: no second cycle (I8)', async () => {
    const right = await orderedUpTo('deallocate');
    await right.revoke();
    await world.work();
    await world.live(1, 10 * secondMs);
    await saysAgain(right);
    await world.live(10, 10 * secondMs);
    expect(await stateOf(right)).toBe('revoked');
    expect(await right.client.wire()).toEqual(['mx1 running closed']);
    expect(right.orders('mx1')).toEqual(cycle);
  });

  it('is the start of a machine that its owner has stopped since: it is not said to be exempt, and stays stopped (I6, I18)', async () => {
    const right = await orderedUpTo('start');
    await owner(right, 'deallocate');
    await world.live(8, 30 * secondMs);
    await saysAgain(right);
    for (let second = 0; second < 120; second += 1) {
      await world.work();
      world.pass(secondMs);
      expect((await right.rows()).map(({ exempt }) => exempt)).toEqual([false]);
    }
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
    expect(right.orders('mx1')).toEqual([...cycle, 'deallocate']);
  });
});
