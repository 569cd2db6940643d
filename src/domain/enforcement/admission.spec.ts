import fc from 'fast-check';
import { Playing } from './admission.examples.js';
import { aGate, aMachine, anExemption } from './enforcement.examples.js';
import type { Machine } from './machine.js';
import { machinesAllowedDown, type RestartPlan } from './restart-plan.js';

const plan = (differs: Partial<RestartPlan> = {}): RestartPlan => ({
  mode: 'managed',
  window: null,
  maxUnavailable: '100%',
  canary: false,
  ...differs,
});
const inSet = (set: string, ...names: readonly string[]) =>
  names.map((name) => aMachine({ name, availabilitySet: `/sets/${set}` }));
const inZone = (zone: string, ...names: readonly string[]) => names.map((name) => aMachine({ name, zone }));
const but = (machines: readonly Machine[], name: string, differs: Partial<Machine>) =>
  machines.map((machine) => (machine.name === name ? { ...machine, ...differs } : machine));
const off = { powerState: 'deallocated', host: 'none', releasedUnderFence: 1, carries: 'unknown' } as const;
/** Who is down after each look, everything coming back between two of them. */
function waves(playing: Playing): readonly string[] {
  const seen: string[] = [];
  for (let look = 0; look < 20; look += 1) {
    playing.look();
    if (playing.flying().length === 0) break;
    seen.push(
      playing
        .flying()
        .map(({ name }) => name)
        .toSorted()
        .join(' '),
    );
    playing.comeBack(() => true);
  }
  return seen;
}

describe('a plan', () => {
  it('begins in the look that makes it, canary first', () => {
    const playing = new Playing(inSet('mail', 'a', 'b', 'c'), plan({ canary: true }));
    const first = playing.look();
    expect([first.planned.length, first.events.length]).toEqual([3, 0]);
    expect(playing.states()).toEqual(['a deallocating', 'b waiting', 'c waiting']);
  });

  it('stops by itself while a machine that it stopped does not come back, and goes on when it does (I18)', () => {
    const machines = ['a', 'b', 'c', 'd'].map((name) => aMachine({ name }));
    const playing = new Playing(machines, plan({ maxUnavailable: 2 }));
    playing.look();
    playing.refuseStart('a');
    playing.comeBack(({ name }) => name === 'b');
    const { holding } = playing.look();
    expect(holding).toMatchObject({
      code: 'plan-stopped',
      message: expect.stringContaining('because a did not'),
    });
    expect(playing.flying().map(({ name }) => name)).toEqual(['a']);
    playing.comeBack(({ name }) => name === 'a');
    playing.look();
    expect(playing.flying().map(({ name }) => name)).toEqual(['c', 'd']);
  });

  it('leaves one machine of an availability set or a scale set running, whatever it allows', () => {
    expect(waves(new Playing(inSet('mail', 'a', 'b', 'c'), plan()))).toEqual(['a b', 'c']);
    const flexible = inSet('x', 'a', 'b').map((one) => ({ ...one, availabilitySet: null, scaleSet: '/s/x' }));
    expect(waves(new Playing(flexible, plan()))).toEqual(['a', 'b']);
  });

  it('leaves one machine of a zone running, and one of all zones of a region', () => {
    expect(waves(new Playing([...inZone('1', 'a', 'b'), ...inZone('2', 'c', 'd')], plan()))).toEqual([
      'a c',
      'b d',
    ]);
    const single = [...inZone('1', 'a'), ...inZone('2', 'b'), ...inZone('3', 'c')];
    expect(waves(new Playing(single, plan()))).toEqual(['a b', 'c']);
  });

  it('cycles a machine that stands in for nobody: the only one of its set, or beside one that was off from the start', () => {
    expect(waves(new Playing(inSet('mail', 'a'), plan()))).toEqual(['a']);
    expect(waves(new Playing(but(inSet('mail', 'a', 'b'), 'b', off), plan()))).toEqual(['a']);
  });

  it('goes from set to set and from zone to zone', () => {
    const sets = [...inSet('x', 'a', 'b', 'c'), ...inSet('y', 'd', 'e', 'f')];
    expect(waves(new Playing(sets, plan({ maxUnavailable: 2 })))).toEqual(['a d', 'b e', 'c f']);
    const zones = inSet('x', 'a', 'b', 'c', 'd').map((one, index) => ({
      ...one,
      zone: index < 2 ? '1' : '2',
    }));
    expect(waves(new Playing(zones, plan({ maxUnavailable: 2 })))).toEqual(['a c', 'b d']);
  });

  it.each(['stopped', 'unknown'] as const)(
    'does not stop the last of a set while another one is %s: it says which, and what to do',
    (powerState) => {
      const playing = new Playing(but(inSet('mail', 'a', 'b'), 'b', { powerState }), plan());
      waves(playing);
      const { holding } = playing.look();
      expect(holding?.code).toBe('last-of-its-group');
      expect(holding?.message).toContain('a is the last machine of availability set mail');
      expect(holding?.message).toContain('Start another one (b)');
      expect(playing.states()).toContain('a waiting');
    },
  );

  it('waits for a machine that its owner stopped meanwhile, and goes on when it runs again', () => {
    const playing = new Playing(inSet('mail', 'a', 'b'), plan());
    playing.look();
    playing.comeBack(() => true);
    playing.see('vm-a', off);
    expect(playing.look().holding?.code).toBe('last-of-its-group');
    playing.see('vm-a', { powerState: 'running', host: 'held', carries: 'open', carriesFence: 1 });
    expect(waves(playing)).toEqual(['b']);
  });
});

describe('a revocation', () => {
  it('goes from set to set too, and waits for none of them', () => {
    const open = { carries: 'open', carriesFence: 1 } as const;
    const machines = ['x', 'y', 'z', 'w'].flatMap((set) => inSet(set, `${set}1`, `${set}2`));
    const playing = new Playing(
      machines.map((machine) => ({ ...machine, ...open })),
      plan(),
      {
        exemption: anExemption({ state: 'revoking', fence: 2 }),
        gate: aGate({ state: 'closed', fence: 2 }),
        operatorMaxUnavailable: 5,
      },
    );
    expect(waves(playing)).toEqual(['w1 w2 x1 y1 z1', 'x2 y2 z2']);
  });
});

interface Fleet {
  readonly machines: readonly Machine[];
  readonly plan: RestartPlan;
  /** Which of those under way come back at each look. */
  readonly back: readonly boolean[];
}

const powerStates = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant(off) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ powerState: 'stopped' } as const, { powerState: 'unknown' } as const),
  },
);
const place = fc.record({
  zone: fc.constantFrom(null, '1', '2', '3'),
  availabilitySet: fc.constantFrom(null, null, '/sets/x', '/sets/y'),
  scaleSet: fc.constantFrom(null, null, '/scale/x'),
  location: fc.constantFrom('westeurope', 'WestEurope', 'northeurope'),
});
const fleets: fc.Arbitrary<Fleet> = fc.record({
  machines: fc
    .array(fc.tuple(place, powerStates), { minLength: 1, maxLength: 10 })
    .map((all) =>
      all.map(([where, how], index) => aMachine({ name: `mx${String(index)}`, ...where, ...how })),
    ),
  plan: fc.record({
    mode: fc.constant('managed' as const),
    window: fc.constant(null),
    maxUnavailable: fc.constantFrom<number | string>(1, 2, 3, 5, '10%', '50%', '100%'),
    canary: fc.boolean(),
  }),
  back: fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }),
});

describe('any plan for any machines, some of which are down (I18)', () => {
  it('never has more down than it allows, never the last of those that stand in for each other, one canary first', () => {
    fc.assert(
      fc.property(fleets, ({ machines, plan: given, back }) => {
        const playing = new Playing(machines, given);
        const allowed = machinesAllowedDown(given.maxUnavailable, machines.length);
        const downAnyway = playing.downOfThoseThatServed().length;
        for (let look = 0; look < 20; look += 1) {
          const before = playing.downOfThoseThatServed().length;
          playing.look();
          const after = playing.downOfThoseThatServed().length;
          if (after > before) expect(after).toBeLessThanOrEqual(allowed);
          expect(playing.lostGroups()).toEqual([]);
          const canaryIsBack = playing.states().some((state) => state.endsWith('restarted'));
          if (given.canary && !canaryIsBack) expect(after).toBeLessThanOrEqual(downAnyway + 1);
          playing.comeBack((restart) => back[(restart.name.length + look) % back.length] === true);
        }
      }),
    );
  });

  it('comes to an end: every machine that runs has its turn, or the plan says what holds it', () => {
    fc.assert(
      fc.property(fleets, ({ machines, plan: given }) => {
        const playing = new Playing(machines, given);
        const looks = machines.length + 2;
        for (let look = 0; look < looks; look += 1) {
          playing.look();
          playing.comeBack(() => true);
        }
        const { holding } = playing.look();
        const left = machines.filter(
          ({ name, powerState }) =>
            powerState === 'running' && !playing.states().includes(`${name} restarted`),
        );
        expect(left.length > 0).toBe(holding !== null);
        const isWell = machines.every(({ powerState }) => powerState === 'running');
        if (isWell) expect(left).toEqual([]);
      }),
    );
  });
});
