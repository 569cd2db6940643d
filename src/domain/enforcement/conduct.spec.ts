import { addMilliseconds } from '../instants.js';
import { conduct } from './conduct.js';
import { aGate, aMachine, anExemption, aRestart, aSituation, started } from './enforcement.examples.js';
import type { Machine } from './machine.js';
import type { Restart } from './restart.js';
import type { Situation } from './situation.js';

const names = (count: number) => Array.from({ length: count }, (_, index) => `mx${String(index + 1)}`);
const fleet = (count: number, differs: Partial<Machine> = {}) =>
  names(count).map((name) => aMachine({ name, ...differs }));
const waiting = (count: number, differs: Partial<Restart> = {}) =>
  names(count).map((name) => aRestart({ name, ...differs }));
const begun = (situation: Situation) =>
  conduct(situation)
    .events.filter(({ event }) => event.type === 'deallocationBegun')
    .map(({ restart }) => restart.name);
const plan = (differs: object) =>
  anExemption({
    restartPlan: { mode: 'managed', window: null, maxUnavailable: 1, canary: false, ...differs },
  });

describe('planning', () => {
  it('plans a restart for a machine that runs, none for one that rests or was created after (docs/enforcement.md)', () => {
    const machines = [
      aMachine({ name: 'a' }),
      aMachine({
        name: 'b',
        powerState: 'deallocated',
        host: 'none',
        releasedUnderFence: 1,
        carries: 'unknown',
      }),
      aMachine({
        name: 'c',
        timeCreated: addMilliseconds(started, 400_000),
        carries: 'open',
        carriesFence: 1,
        createdHere: true,
      }),
      aMachine({ name: 'd', ephemeralSystemDisk: true }),
      aMachine({ name: 'e', powerState: 'stopped' }),
    ];
    const planned = conduct(aSituation({ machines })).planned.map(
      ({ name, as, found }) => `${name} ${as} ${found}`,
    );
    expect(planned).toEqual([
      'a waiting running',
      'b resting no-host',
      'c created-after running',
      'd blocked running',
      'e waiting stopped',
    ]);
  });

  it('plans nothing from a sample that is no full listing, nor before the gate has confirmed (F24)', () => {
    expect(conduct(aSituation({ machines: fleet(2), listedInFull: false })).planned).toEqual([]);
    const gate = aGate({ state: 'opening', fence: 1, confirmedFence: 0 });
    const decided = conduct(aSituation({ machines: fleet(2), gate }));
    expect(decided.planned).toEqual([]);
    expect(decided.holding?.code).toBe('gate-moving');
  });

  it('after a reinstatement cycles only machines that took a host while the gate was closed', () => {
    const machines = [
      aMachine({ name: 'kept', carries: 'open', carriesFence: 1 }),
      aMachine({ name: 'closed', carries: 'closed', carriesFence: 2 }),
    ];
    const situation = aSituation({
      exemption: anExemption({ fence: 3 }),
      gate: aGate({ state: 'open', fence: 3 }),
      machines,
    });
    expect(conduct(situation).planned.map(({ name, as }) => `${name} ${as}`)).toEqual([
      'kept restarted',
      'closed waiting',
    ]);
  });

  it('needs nobody to move where the gate applies to running machines', () => {
    const gate = aGate({ state: 'open', fence: 1, appliesTo: 'running' });
    expect(conduct(aSituation({ machines: fleet(2), gate })).planned.map(({ as }) => as)).toEqual([
      'restarted',
      'restarted',
    ]);
  });
});

describe('admission', () => {
  it('stops nobody’s machine who has not asked for it', () => {
    const situation = aSituation({
      exemption: plan({ mode: 'observed' }),
      machines: fleet(1),
      restarts: waiting(1),
    });
    expect(begun(situation)).toEqual([]);
    expect(conduct(situation).holding?.code).toBe('owner-restarts');
  });

  it('lets one canary go first, whatever the plan allows, and the rest when it came back', () => {
    const exemption = plan({ maxUnavailable: 3, canary: true });
    expect(begun(aSituation({ exemption, machines: fleet(4), restarts: waiting(4) }))).toEqual(['mx1']);
    const restarts = [aRestart({ name: 'mx1', state: 'restarted' }), ...waiting(4).slice(1)];
    const machines = [aMachine({ carries: 'open', carriesFence: 1 }), ...fleet(4).slice(1)];
    expect(begun(aSituation({ exemption, machines, restarts }))).toEqual(['mx2', 'mx3', 'mx4']);
  });

  it('never has more than maxUnavailable down, machines that went down since the plan was made included', () => {
    const machines = [
      ...fleet(3),
      aMachine({ name: 'off', powerState: 'deallocated', host: 'none', releasedUnderFence: 1 }),
    ];
    const restarts = [...waiting(3), aRestart({ name: 'off', state: 'resting', found: 'running' })];
    expect(begun(aSituation({ exemption: plan({ maxUnavailable: 2 }), machines, restarts }))).toEqual([
      'mx1',
    ]);
    const held = conduct(aSituation({ exemption: plan({ maxUnavailable: 1 }), machines, restarts }));
    expect(held.events).toEqual([]);
    expect(held.holding?.code).toBe('max-unavailable-reached');
  });

  it.each(['no-host', 'stopped'] as const)(
    'does not wait for a machine that was %s when the plan was made: it serves nobody',
    (found) => {
      const off = { powerState: 'deallocated', host: 'none', releasedUnderFence: 1 } as const;
      const machines = [...fleet(2), aMachine({ name: 'off', ...off })];
      const resting = aRestart({ name: 'off', state: 'resting', found });
      const exemption = plan({ maxUnavailable: 1 });
      expect(begun(aSituation({ exemption, machines, restarts: [...waiting(2), resting] }))).toEqual(['mx1']);
      // Started since, and down again: from then on it counts like any other.
      const started = { ...resting, state: 'restarted' } as const;
      expect(begun(aSituation({ exemption, machines, restarts: [...waiting(2), started] }))).toEqual([]);
    },
  );

  it('admits a machine that is down but allocated: it goes no further down by that', () => {
    const machines = [aMachine({ name: 'mx1', powerState: 'stopped' })];
    expect(
      begun(aSituation({ exemption: plan({}), machines, restarts: [aRestart({ found: 'stopped' })] })),
    ).toEqual(['mx1']);
  });

  it.each([
    ['before-window', 3_600_000, 7_200_000],
    ['window-over', -7_200_000, -3_600_000],
  ])('begins nothing outside its window (%s)', (code, from, to) => {
    const window = { startsAt: addMilliseconds(started, from), endsAt: addMilliseconds(started, to) };
    const situation = aSituation({ exemption: plan({ window }), machines: fleet(1), restarts: waiting(1) });
    expect(begun(situation)).toEqual([]);
    expect(conduct(situation).holding?.code).toBe(code);
  });

  it('stops by itself when a machine does not come back', () => {
    const failed = aRestart({
      name: 'mx1',
      state: 'failed',
      blocker: { code: 'x', message: 'x', since: started },
    });
    const situation = aSituation({
      exemption: plan({ maxUnavailable: 2 }),
      machines: fleet(2),
      restarts: [failed, ...waiting(2).slice(1)],
    });
    expect(begun(situation)).toEqual([]);
    expect(conduct(situation).holding?.code).toBe('plan-stopped');
  });

  it('ignores the customer’s plan in a revocation and uses the operator’s 25 %, but never stands still', () => {
    const exemption = { ...plan({ mode: 'observed' }), state: 'revoking' as const, fence: 2 };
    const gate = aGate({ state: 'closed', fence: 2 });
    const open = { carries: 'open', carriesFence: 1 } as const;
    const restarts = waiting(8, { direction: 'revoke', fence: 2 });
    expect(begun(aSituation({ exemption, gate, machines: fleet(8, open), restarts }))).toEqual([
      'mx1',
      'mx2',
    ]);
    const machines = fleet(2, open).map((machine, index) =>
      index === 0 ? { ...machine, powerState: 'unknown' as const } : machine,
    );
    expect(begun(aSituation({ exemption, gate, machines, restarts: restarts.slice(0, 2) }))).toEqual(['mx2']);
  });
});

describe('what a look says of a restart', () => {
  const event = (restart: Restart, machine: Machine, more: Partial<Situation> = {}) =>
    conduct(
      aSituation({
        exemption: plan({ mode: 'observed' }),
        machines: [machine],
        restarts: [restart],
        ...more,
      }),
    ).events[0]?.event.type;

  it('lets a machine rest that its owner stopped, and never starts it', () => {
    const off = aMachine({
      powerState: 'deallocated',
      host: 'none',
      releasedUnderFence: 1,
      carries: 'unknown',
    });
    expect(event(aRestart(), off)).toBe('ownerReleased');
  });

  it('counts a machine that its owner cycled, whatever state its restart is in', () => {
    const back = aMachine({ carries: 'open', carriesFence: 1 });
    expect(event(aRestart(), back)).toBe('ownerCycled');
    expect(event(aRestart({ state: 'skipped' }), back)).toBe('ownerCycled');
    expect(event(aRestart({ state: 'resting' }), back)).toBe('running');
  });

  it('ends an overtaken plan where it stands, but starts again what we stopped (I18, F23)', () => {
    const suspended = anExemption({ state: 'suspended', fence: 2 });
    const gate = aGate({ state: 'closed', fence: 2 });
    expect(event(aRestart(), aMachine(), { exemption: suspended, gate })).toBe('planSuperseded');
    const ours = aRestart({ stoppedByUs: true });
    expect(
      event(ours, aMachine({ powerState: 'deallocated', host: 'none' }), { exemption: suspended, gate }),
    ).toBe('startResumed');
  });

  it('goes on by itself when the subscription is enabled again', () => {
    const restart = aRestart({
      state: 'blocked',
      blocker: { code: 'subscription-disabled', message: '', since: started },
    });
    expect(event(restart, aMachine(), { subscriptionEnabled: false })).toBeUndefined();
    expect(event(restart, aMachine(), { subscriptionEnabled: true })).toBe('unblocked');
    const soon = addMilliseconds(started, 29_000);
    expect(event(restart, aMachine(), { subscriptionEnabled: true, now: soon })).toBeUndefined();
  });

  it.each<[cause: string, subscriptionEnabled: boolean | null]>([
    ['subscription-disabled', true],
    ['deallocate-refused', null],
    ['resource-locked', null],
    ['missing-right', null],
  ])(
    'tries %s again after 15 minutes where the cloud gave it again after it was told (F26)',
    (code, enabled) => {
      const restart = aRestart({
        state: 'blocked',
        stoppedByUs: true,
        blocker: { code, message: '', since: addMilliseconds(started, 1_000) },
      });
      const told = { code, restartIds: [restart.id], at: started };
      const after = (milliseconds: number, toldTroubles = [told]) =>
        event(restart, aMachine({ powerState: 'deallocated', host: 'none' }), {
          subscriptionEnabled: enabled,
          toldTroubles,
          now: addMilliseconds(started, 1_000 + milliseconds),
        });
      expect(after(899_000)).toBeUndefined();
      expect(after(900_000)).toBe('unblocked');
      if (code === 'subscription-disabled') {
        expect(after(60_000, [{ ...told, restartIds: [] }])).toBe('unblocked');
        expect(after(60_000, [{ ...told, code: 'another' }])).toBe('unblocked');
        expect(after(60_000, [{ ...told, at: restart.blocker?.since ?? started }])).toBe('unblocked');
      }
    },
  );
});
