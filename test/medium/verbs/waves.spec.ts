import { SetRestartPlan } from '../../../src/application/set-restart-plan.js';
import { customer, by } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

let world: EmulatedWorld;
let right: Granted;
beforeEach(async () => {
  world = await createEmulatedWorld();
  right = await granted(world, 0, []);
});
afterEach(() => world.close());

const everything = { mode: 'managed', window: null, maxUnavailable: '100%', canary: false } as const;

async function setPlan(plan: Parameters<SetRestartPlan['run']>[1]['plan']): Promise<void> {
  await world.verb(SetRestartPlan).run(by(customer), { exemptionId: right.exemptionId, plan });
}

/** Second by second until the exemption is effective: who of these does not run, as the cloud itself says. */
async function downBySecond(names: readonly string[]): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  for (let second = 0; second < 600; second += 1) {
    await world.work();
    const down = (await right.client.wire())
      .filter((row) => !row.includes(' running '))
      .map((row) => row.split(' ')[0] ?? '')
      .filter((name) => names.includes(name));
    seen.add(down.toSorted().join(' '));
    if ((await right.exemption())?.state === 'effective') return seen;
    world.pass(1_000);
  }
  throw new Error(`not effective in ten minutes: ${[...seen].join(', ')}`);
}

describe('a plan that allows all machines to be down at once', () => {
  it('never has all of an availability set, nor all of the zones, down in truth (I18)', async () => {
    const { client } = right;
    const set = client.resource('Microsoft.Compute/availabilitySets', 'Mail');
    await client.put(set, { location: 'westeurope' });
    const ofSet = ['mx1', 'mx2', 'mx3'];
    for (const name of ofSet) await client.create(name, { availabilitySet: { id: set.toUpperCase() } });
    const zoned = ['web1', 'web2'];
    for (const [index, name] of zoned.entries())
      await client.put(client.vm(name), {
        location: 'westeurope',
        zones: [String(index + 1)],
        properties: {},
      });
    world.pass(3_600_000);
    await setPlan(everything);
    const seen = [...(await downBySecond([...ofSet, ...zoned]))].map((names) => names.split(' '));
    const all = (names: readonly string[]) => seen.some((down) => names.every((name) => down.includes(name)));
    expect(all(['mx1', 'mx2'])).toBe(true);
    expect(all(ofSet)).toBe(false);
    expect(all(zoned)).toBe(false);
    expect((await client.wire()).every((row) => row.endsWith('running open'))).toBe(true);
  });

  it('begins in the look that makes it', async () => {
    await right.client.create('mx1');
    world.pass(3_600_000);
    await setPlan(everything);
    await world.work();
    expect(await right.client.wire()).toEqual(['mx1 deallocating closed']);
  });

  it('says which machine it does not stop, and what to do, while the rest of its set is down by another hand', async () => {
    const { client } = right;
    const set = client.resource('Microsoft.Compute/availabilitySets', 'mail');
    for (const name of ['mx1', 'mx2']) await client.create(name, { availabilitySet: { id: set } });
    world.pass(3_600_000);
    await client.power('mx2', 'powerOff');
    world.pass(60_000);
    await setPlan(everything);
    for (let minute = 0; minute < 6; minute += 1) {
      await world.work();
      world.pass(60_000);
    }
    const states = async () => (await right.rows()).map(({ name, state }) => `${name} ${state}`);
    expect(await states()).toEqual(['mx1 waiting', 'mx2 resting']);
    await client.power('mx2', 'start');
    await downBySecond(['mx1']);
    expect(await states()).toEqual(['mx1 restarted', 'mx2 restarted']);
  });
});
