import { CloudClient } from '../../../emulator/support/cloud-client.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const secondMs = 1_000;
const minuteMs = 60_000;
const managed = { mode: 'managed', window: null, maxUnavailable: 1, canary: false } as const;
const cycle = ['deallocate', 'start'];

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());
afterEach(() => new CloudClient(world.emulator.url).control('DELETE', '/faults'));

/** The stop of mx1 was taken, long after the gate has opened. */
async function stopped(): Promise<Granted> {
  const right = await granted(world, 0, ['mx1']);
  await world.live(10, 30 * secondMs);
  await right.setPlan(managed);
  for (let second = 0; right.orders('mx1').length === 0; second += 1) {
    if (second > 120) throw new Error('no stop in two minutes');
    await world.work();
    world.pass(secondMs);
  }
  return right;
}

/** Everything, or only what is asked after operations, meets this so many times, for ever where none is given. */
const unanswered = ({ client }: Granted, path: string, status: number, times?: number) => {
  const match = { method: 'GET', path };
  return client.fault({
    ...{ kind: 'error', status, code: 'NoAnswer', match },
    ...(times === undefined ? {} : { times }),
  });
};
const answeredAgain = ({ client }: Granted) => client.control('DELETE', '/faults');
const stands = async (right: Granted) =>
  (await right.rows()).map(({ state, exempt, blocker }) =>
    [state, exempt ? 'exempt' : 'not', ...(blocker === null ? [] : [blocker.code])].join(' '),
  );
const calls = ({ exemptionId }: Granted) =>
  world.called.filter((call) => call.exemptionId === exemptionId).map(({ cause }) => cause);

describe('an operation of which the cloud does not say what became', () => {
  it('goes on after all workers were away for longer than it may last, though its first question met nothing (F2, F9)', async () => {
    const right = await stopped();
    world.pass(25 * minuteMs);
    await unanswered(right, '/operations/', 429, 1);
    await world.live(5, 10 * secondMs);
    expect(await stands(right)).toEqual(['restarted exempt']);
    expect(await right.client.wire()).toEqual(['mx1 running open']);
    expect(right.orders('mx1')).toEqual(cycle);
    expect(calls(right)).toEqual([]);
  });

  it('goes on after an outage of the cloud that lasts longer than it may: nothing in flight is given up (F9, I18)', async () => {
    const right = await stopped();
    await unanswered(right, '/subscriptions/', 503);
    await world.live(40, 30 * secondMs);
    expect(await stands(right)).toEqual(['deallocating not being-deallocated']);
    await answeredAgain(right);
    await world.live(5, 10 * secondMs);
    expect(await stands(right)).toEqual(['restarted exempt']);
    expect(right.orders('mx1')).toEqual(cycle);
  });

  it('is given up after two hours of questions, in words that say no more than is known (F9, I13)', async () => {
    const right = await stopped();
    await unanswered(right, '/operations/', 403);
    await world.live(180, 30 * secondMs);
    expect(await stands(right)).toEqual(['failed not operation-unanswered']);
    expect((await right.rows())[0]?.blocker?.message).toContain(
      'The cloud was told to deallocate the machine, and does not answer what became of it.',
    );
    expect(calls(right)).toEqual(['operation-unanswered']);
  });
});
