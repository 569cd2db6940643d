import { RecordStatement } from '../../../src/application/record-statement.js';
import { SetRestartPlan } from '../../../src/application/set-restart-plan.js';
import { addMilliseconds } from '../../../src/domain/instants.js';
import { Settings } from '../../../src/domain/ports/settings.js';
import { by, customer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';
import { settingsFor } from './verb-world.js';

const minuteMs = 60_000;
let world: EmulatedWorld;
beforeEach(async () => {
  world = await createEmulatedWorld();
});
afterEach(() => world.close());

/** How often machines were looked at, by the cloud's own log of calls: a look lists them at one instant, once or twice. */
const looks = () =>
  new Set(
    world.emulator.world.calls
      .since(undefined)
      .filter(({ path }) => path.endsWith('/providers/Microsoft.Compute/virtualMachines'))
      .map(({ path, at }) => `${path} ${at}`),
  ).size;

/** Lets time pass in steps, working off what is due at each; gives how many looks there were in it. */
async function looksIn(forMs: number, stepMs: number): Promise<number> {
  const before = looks();
  for (let passed = 0; passed < forMs; passed += stepMs) {
    world.pass(stepMs);
    await world.work();
  }
  return looks() - before;
}

describe('an exemption whose owner has to move', () => {
  let right: Granted;
  beforeEach(async () => {
    right = await granted(world, 0, ['mx1', 'mx2']);
    await world.work();
  });

  it('is looked at less and less often while nothing moves, and often again when its owner says a word', async () => {
    expect(await looksIn(4 * minuteMs, 5_000)).toBeGreaterThanOrEqual(4);
    expect(await looksIn(60 * minuteMs, 15_000)).toBeLessThanOrEqual(26);
    const [row] = await right.rows();
    const { exemptionId } = right;
    const before = looks();
    await world.verb(RecordStatement).run(by(customer), { exemptionId, vmId: row?.vmId ?? '' });
    await world.work();
    expect(looks() - before).toBe(1);
    expect(await looksIn(minuteMs, 5_000)).toBeGreaterThanOrEqual(2);
  });

  it('is looked at often when a machine moves, and at once when its plan changes', async () => {
    await looksIn(60 * minuteMs, 30_000);
    await right.client.power('mx1', 'deallocate');
    expect(await looksIn(5 * minuteMs, 5_000)).toBeGreaterThanOrEqual(3);
    expect((await right.rows())[0]).toMatchObject({ state: 'resting' });
    await looksIn(60 * minuteMs, 30_000);
    const before = looks();
    const plan = { mode: 'managed', window: null, maxUnavailable: 1, canary: true } as const;
    await world.verb(SetRestartPlan).run(by(customer), { exemptionId: right.exemptionId, plan });
    await world.work();
    expect(looks() - before).toBe(1);
  });

  it('does not sleep through the beginning of its window', async () => {
    const startsAt = addMilliseconds(world.clock.now(), 20 * minuteMs + 7_000);
    const window = { startsAt, endsAt: addMilliseconds(startsAt, 60 * minuteMs) };
    const plan = { mode: 'managed', window, maxUnavailable: 1, canary: true } as const;
    await world.verb(SetRestartPlan).run(by(customer), { exemptionId: right.exemptionId, plan });
    await looksIn(20 * minuteMs, 30_000);
    expect((await right.rows())[0]?.state).toBe('waiting');
    world.pass(7_000);
    await world.work();
    expect((await right.rows())[0]?.state).toBe('deallocating');
  });
});

describe('many quiet exemptions', () => {
  it('take no more looks together than the budget, however many there are (I16)', async () => {
    const watchLooksAMinute = 2;
    world.ports.set(Settings, { ...settingsFor('P3'), watchLooksAMinute });
    for (let count = 0; count < 12; count += 1) {
      await granted(world, 0, []);
      await world.work();
    }
    // What the grants of the others took from the queue and left there.
    await world.ledger.sweepLost(world.clock.now(), 0, 100);
    await looksIn(15 * minuteMs, minuteMs);
    const hour = await looksIn(60 * minuteMs, minuteMs);
    expect(hour).toBeLessThanOrEqual(60 * watchLooksAMinute);
    expect(hour).toBeGreaterThanOrEqual(60);
  });
});
