import { conduct, isProven } from './conduct.js';
import { aGate, aMachine, anExemption, aRestart, aSituation, started } from './enforcement.examples.js';
import type { Blocker, Restart } from './restart.js';
import type { Situation } from './situation.js';

const machine = aMachine({ name: 'mx1', carries: 'open', notFoundSince: started, absentSince: started });
const elsewhere = aMachine({
  name: 'mx1',
  carries: 'open',
  carriesFence: 1,
  resourceId:
    '/subscriptions/10000000-0000-4000-8000-000000000002/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/mx1',
});
const closing = aRestart({ direction: 'revoke', fence: 2 });
const blocker = { code: 'moved-elsewhere', message: 'somewhere', since: started };
const needed = (one: Blocker | null) => ({ absent: new Map([[machine.vmId, one]]) });
const ending = (restart: Partial<Restart> | null, differs: Partial<Situation> = {}): Situation =>
  aSituation({
    exemption: anExemption({ state: 'revoking', fence: 2 }),
    gate: aGate({ state: 'closed', fence: 2 }),
    machines: [machine],
    restarts: restart === null ? [] : [{ ...closing, ...restart }],
    seenVmIds: new Set(),
    ...needed(null),
    ...differs,
  });
const enabling = (restart: Partial<Restart> | null, differs: Partial<Situation> = {}): Situation =>
  aSituation({
    machines: [machine],
    restarts: restart === null ? [] : [aRestart(restart)],
    seenVmIds: new Set(),
    ...needed(null),
    ...differs,
  });
const events = (situation: Situation) => conduct(situation).events.map(({ event }) => event);

describe('an absent machine while a right is ended (F28, I7, I19)', () => {
  it.each(['waiting', 'failed', 'resting'] as const)('has the end wait for it, if it was %s', (state) => {
    expect(events(ending({ state, blocker: null }))).toEqual([{ type: 'absentSeen', blocker: null }]);
    expect(isProven(ending({ state: 'absent' }))).toBe(false);
  });

  it('has a row of its own where it went before anybody planned it', () => {
    const { planned, begunAtOnce } = conduct(ending(null));
    expect(planned).toMatchObject([{ as: 'absent', direction: 'revoke', blocker: null, round: 1 }]);
    expect(begunAtOnce.size).toBe(0);
  });

  it('says why a human is needed, once, and stays so where a look got no answer', () => {
    expect(events(ending({ state: 'absent' }, needed(blocker)))).toMatchObject([
      { type: 'absentSeen', blocker: { code: 'moved-elsewhere' } },
    ]);
    expect(events(ending({ state: 'absent', blocker }, needed(blocker)))).toEqual([]);
    expect(events(ending({ state: 'absent', blocker }, { absent: new Map() }))).toEqual([]);
    expect(events(ending({ state: 'absent', blocker }))).toEqual([{ type: 'absentSeen', blocker: null }]);
  });

  it('is waited for where our stop was refused because it is not there, and not while one is under way', () => {
    const refused = { ...blocker, code: 'deallocate-failed' };
    const stopping = { state: 'deallocating', stoppedByUs: true } as const;
    expect(events(ending({ ...stopping, blocker: refused }))).toMatchObject([{ type: 'absentSeen' }]);
    expect(events(ending({ ...stopping, blocker: null }))).toEqual([]);
  });

  it('that an engineer answered for stays gone until it is seen, and then is planned at once', () => {
    const said = { state: 'gone' } as const;
    expect(conduct(ending(said)).planned).toEqual([]);
    expect(isProven(ending(said))).toBe(true);
    const here = { ...machine, absentSince: null, carries: 'unknown' } as const;
    const back = { machines: [here], seenVmIds: new Set([here.vmId]), listedInFull: false };
    expect(conduct(ending(said, back)).planned).toMatchObject([{ as: 'waiting', round: 2 }]);
  });

  it('that Postern stopped stays ours to start (I18)', () => {
    const down = {
      state: 'blocked',
      stoppedByUs: true,
      blocker: { ...blocker, code: 'start-failed' },
    } as const;
    expect(events(ending(down)).map(({ type }) => type)).not.toContain('absentSeen');
  });

  it('is planned, and stopped, where it is found in another subscription', () => {
    const found = { machines: [elsewhere], seenVmIds: new Set([elsewhere.vmId]), absent: new Map() };
    expect(events(ending({ state: 'absent', blocker }, found))).toEqual([{ type: 'foundAgain' }]);
    expect(events(ending({ state: 'waiting' }, found))).toEqual([{ type: 'deallocationBegun' }]);
    const { planned } = conduct(ending(null, found));
    expect(planned).toMatchObject([{ as: 'waiting', resourceId: elsewhere.resourceId }]);
  });

  it('is tried at once where it is found, whatever stood in its way where it was', () => {
    const now = started;
    const refused = { state: 'blocked', blocker: { ...blocker, code: 'missing-right' } } as const;
    const found = { now, machines: [elsewhere], seenVmIds: new Set([elsewhere.vmId]), absent: new Map() };
    expect(events(ending(refused, found))).toEqual([]);
    const displaced = new Set([elsewhere.vmId]);
    expect(events(ending(refused, { ...found, displaced }))).toEqual([{ type: 'unblocked' }]);
  });

  it('needs not be seen once more where it was proven closed in another subscription', () => {
    const closed = { ...elsewhere, carries: 'closed', carriesFence: 2 } as const;
    expect(isProven(ending({ state: 'restarted' }, { machines: [closed] }))).toBe(true);
    expect(isProven(ending({ state: 'restarted' }, { machines: [elsewhere] }))).toBe(false);
  });

  it('is closed there by a cycle, though the gate’s end reaches running machines: that is of this subscription only', () => {
    const gate = aGate({ state: 'closed', fence: 2, appliesTo: 'running' });
    const found = { gate, machines: [elsewhere], seenVmIds: new Set([elsewhere.vmId]), absent: new Map() };
    expect(conduct(ending(null, found)).planned).toMatchObject([{ as: 'waiting' }]);
    expect(conduct(ending(null, found)).stillOpen).toBe(1);
  });
});

describe('an absent machine while a right is enabled', () => {
  it.each([
    ['not found', machine],
    ['in another subscription', elsewhere],
  ] as const)('holds nothing up: %s', (_what, one) => {
    const seenVmIds = one === elsewhere ? new Set([one.vmId]) : new Set<string>();
    const waiting = enabling({ state: 'waiting' }, { machines: [one], seenVmIds });
    expect(events(waiting)).toEqual([{ type: 'absentSeen', blocker: null }]);
    expect(isProven(enabling({ state: 'absent' }, { machines: [one], seenVmIds }))).toBe(true);
    expect(isProven(enabling({ state: 'restarted' }, { machines: [one], seenVmIds }))).toBe(true);
    expect(conduct(enabling(null, { machines: [one], seenVmIds })).planned).toMatchObject([{ as: 'absent' }]);
  });

  it('is on the page of an effective exemption, too (I19)', () => {
    const exemption = anExemption({ state: 'effective' });
    expect(conduct(enabling(null, { exemption })).planned).toMatchObject([{ as: 'absent' }]);
  });

  it('is neither down nor up for those that wait', () => {
    const other = aMachine({ name: 'mx2' });
    const off = { ...machine, powerState: 'stopped' } as const;
    const restarts = [aRestart({ state: 'absent' }), aRestart({ name: 'mx2' })];
    const situation = enabling(null, { machines: [off, other], restarts, seenVmIds: new Set([other.vmId]) });
    expect(events(situation)).toEqual([{ type: 'deallocationBegun' }]);
  });
});
