import { conduct } from './conduct.js';
import { aGate, aMachine, anExemption, aRestart, aSituation, started } from './enforcement.examples.js';
import type { Restart } from './restart.js';
import type { Situation } from './situation.js';

const [machine] = [aMachine({ name: 'mx1', carries: 'open', notFoundSince: started })];
const closing = aRestart({ direction: 'revoke', fence: 2 });
const blocker = { code: 'moved-elsewhere', message: 'somewhere', since: started };
const ending = (restart: Partial<Restart> | null, differs: Partial<Situation> = {}) =>
  conduct(
    aSituation({
      exemption: anExemption({ state: 'revoking', fence: 2 }),
      gate: aGate({ state: 'closed', fence: 2 }),
      machines: [machine],
      restarts: restart === null ? [] : [{ ...closing, ...restart }],
      seenVmIds: new Set(),
      movedAway: new Set([machine.vmId]),
      ...differs,
    }),
  );
const events = (decided: ReturnType<typeof conduct>) => decided.events.map(({ event }) => event);

describe('a machine that may have been moved to another subscription while a right is ended (F11, I7)', () => {
  it.each(['waiting', 'failed'] as const)('waits for a human, if it was %s', (state) => {
    const [event] = events(ending({ state, blocker: { ...blocker, code: 'operation-without-end' } }));
    expect(event).toMatchObject({ type: 'blocked', code: 'moved-elsewhere' });
  });

  it('has a row of its own where it went before anybody planned it', () => {
    const { planned, begunAtOnce } = ending(null);
    expect(planned).toMatchObject([
      { as: 'blocked', direction: 'revoke', blocker: { code: 'moved-elsewhere' } },
    ]);
    expect(begunAtOnce.size).toBe(0);
  });

  it('waits on where a look got no answer about it, however long ago it was; seen again it goes on', () => {
    const unheard = { movedAway: new Set<string>() };
    expect(events(ending({ state: 'blocked', blocker }, unheard))).toEqual([]);
    const seen = { ...unheard, seenVmIds: new Set([machine.vmId]) };
    expect(events(ending({ state: 'blocked', blocker }, seen))).toEqual([{ type: 'unblocked' }]);
  });

  it('waits for a human too where our stop was refused because it is not there, and not while one is under way', () => {
    const refused = { ...blocker, code: 'deallocate-failed' };
    const stopping = { state: 'deallocating', stoppedByUs: true } as const;
    expect(events(ending({ ...stopping, blocker: refused }))).toMatchObject([{ code: 'moved-elsewhere' }]);
    expect(events(ending({ ...stopping, blocker: null }))).toEqual([]);
  });

  it('is told of once', () => {
    expect(events(ending({ state: 'blocked', blocker }))).toEqual([]);
  });
});
