import { addMilliseconds } from '../instants.js';
import type { MachineAnswer, PowerState } from '../ports/compute-control-plane.js';
import { aRestart, aSighting, started } from './enforcement.examples.js';
import { afterLook, beforeLook, type LateStop, startOf } from './late-stop.js';
import type { Evidence } from './machine.js';
import { intentOf } from './power-operation.js';

const margin = 300_000;
const at = (seconds: number) => addMilliseconds(started, seconds * 1_000);
const restart = aRestart({ state: 'restarted' });
const startAt = (seconds: number) => intentOf(restart, null, { kind: 'start', id: 'o', now: at(seconds) });
const late = (differs: Partial<LateStop> = {}): LateStop => ({
  restart,
  takenAt: at(100),
  ofMachine: [restart],
  ourStart: startAt(50),
  lastOfOthers: null,
  ...differs,
});
const found = (powerState: PowerState, vmId = restart.vmId): MachineAnswer => ({
  kind: 'found',
  machine: aSighting({ vmId }),
  powerState,
});
const stoppedByOthers = (seconds: number): Evidence => ({
  subscriptionId: restart.subscriptionId,
  tenantId: restart.tenantId,
  vmId: restart.vmId,
  kind: 'activity-log',
  fact: 'host-released',
  at: at(seconds),
  source: 'log',
  operation: 'theirs',
  fence: 1,
});

const rules = (seconds: number) => ({ now: at(seconds), orderSeenMs: 60_000 });

describe('a stop of ours that the cloud took after its worker had lost its lease (F4, I8, I18)', () => {
  it('is looked at once nothing else is under way with the machine', () => {
    expect(beforeLook(late(), margin)).toBe('look');
    const inFlight = aRestart({ id: 'other', fence: 2, state: 'deallocating', stoppedByUs: true });
    expect(beforeLook(late({ ofMachine: [restart, inFlight] }), margin)).toBe('wait');
  });

  it.each<[string, Partial<LateStop>]>([
    ['a start of ours was ordered after it', { ourStart: startAt(101) }],
    ['the machine was found off, and rests', { restart: { ...restart, state: 'resting' } }],
    ['the machine is gone', { restart: { ...restart, state: 'gone' } }],
    ['its owner stopped it since our last start, beyond doubt', { lastOfOthers: stoppedByOthers(351) }],
    [
      'its owner stopped it, and no start of ours is known',
      { ourStart: null, lastOfOthers: stoppedByOthers(401) },
    ],
  ])('is nothing to undo where %s', (_why, differs) => {
    expect(beforeLook(late(differs), margin)).toBe('nothing');
  });

  it('is ours where what its owner did lies within the clock margin of our last start', () => {
    expect(beforeLook(late({ lastOfOthers: stoppedByOthers(349) }), margin)).toBe('look');
  });

  it.each<[PowerState, 'start' | 'wait']>([
    ['deallocated', 'start'],
    ['hibernated', 'start'],
    ['deallocating', 'wait'],
    ['unknown', 'wait'],
    ['running', 'wait'],
  ])('shows the machine %s: %s', (powerState, what) => {
    expect(afterLook(late(), found(powerState), rules(110))).toBe(what);
  });

  it('came to nothing where the machine still runs a minute later, or is another, or not there', () => {
    expect(afterLook(late(), found('running'), rules(160))).toBe('nothing');
    expect(afterLook(late(), found('deallocated', 'another'), rules(110))).toBe('nothing');
    expect(afterLook(late(), { kind: 'not-found' }, rules(110))).toBe('nothing');
  });

  it('concludes nothing from no answer (I17)', () => {
    const unknown = { kind: 'unknown', code: 'timeout', retryAfterSeconds: null } as const;
    expect(afterLook(late(), unknown, rules(10_000))).toBe('wait');
  });

  it('is undone in the next round of its restart, where the machine is now', () => {
    const second = aRestart({ state: 'restarted', round: 2 });
    const otherFence = aRestart({ state: 'restarted', fence: 9, round: 7 });
    const event = startOf(late({ ofMachine: [restart, second, otherFence] }), '/elsewhere');
    expect(event).toMatchObject({ type: 'stoppedLate', round: 3, fence: 1, resourceId: '/elsewhere' });
  });
});
