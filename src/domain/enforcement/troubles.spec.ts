import { addMilliseconds } from '../instants.js';
import { aRestart, started } from './enforcement.examples.js';
import type { Restart } from './restart.js';
import { newsOfTroubles, troublesOf, type ToldTrouble } from './troubles.js';

const lock = { code: 'resource-locked', message: 'A lock.', since: started };
const noRoom = { code: 'allocation-failed', message: 'No room.', since: started };
const seen = new Map([['vm-mx1', { powerState: 'deallocated' }]] as const);
const named = (name: string, differs: Partial<Restart> = {}) => aRestart({ name, ...differs });
const locked = (name: string) => named(name, { state: 'blocked', blocker: lock });
const down = (name: string) => named(name, { state: 'starting', stoppedByUs: true, blocker: noRoom });

/** Tells look after look, and answers with what each of them told. */
function told(...looks: readonly (readonly Restart[])[]): readonly (readonly string[])[] {
  let memory: readonly ToldTrouble[] = [];
  return looks.map((restarts, index) => {
    const now = addMilliseconds(started, index * 600_000);
    const after = newsOfTroubles(memory, troublesOf(restarts, seen), restarts, now);
    memory = after.told;
    return after.news.map(({ isOver, isLeft, trouble, count }) => {
      const how = isLeft ? 'left' : 'over';
      return `${isOver ? how : trouble.kind} ${trouble.code} ${String(count)}`;
    });
  });
}

describe('trouble', () => {
  it('is told once, however many machines are in it and however often it is looked at', () => {
    const many = Array.from({ length: 500 }, (_, index) => locked(`mx${String(index)}`));
    expect(told(many.slice(0, 12), many, many)).toEqual([['blocked resource-locked 12'], [], []]);
  });

  it('is not over while a machine that was in it is tried again, and is told to be over when all are through', () => {
    const again = [named('mx1'), named('mx2', { state: 'restarted' })];
    const through = [named('mx1', { state: 'restarted' }), named('mx2', { state: 'restarted' })];
    expect(
      told(
        [locked('mx1'), locked('mx2')],
        again,
        [locked('mx1'), named('mx2', { state: 'restarted' })],
        through,
      ),
    ).toEqual([['blocked resource-locked 2'], [], [], ['over resource-locked 2']]);
  });

  it('that merely ends with its plan is not told to be over', () => {
    expect(told([locked('mx1')], [named('mx1', { state: 'superseded' })])).toEqual([
      ['blocked resource-locked 1'],
      [],
    ]);
  });

  it('is an incident where we stopped the machine and cannot start it, until it runs (I18)', () => {
    const starting = named('mx1', { state: 'starting', stoppedByUs: true });
    const running = named('mx1', { state: 'restarted' });
    expect(told([down('mx1')], [starting], [running])).toEqual([
      ['down allocation-failed 1'],
      [],
      ['over allocation-failed 1'],
    ]);
  });

  it('is over in other words where the machine was left to its owner', () => {
    expect(told([down('mx1')], [named('mx1', { state: 'skipped' })])).toEqual([
      ['down allocation-failed 1'],
      ['left allocation-failed 1'],
    ]);
  });

  it('that takes more machines down is told again, but not before an hour', () => {
    const two = [down('mx1'), down('mx2')];
    expect(told([down('mx1')], two, two, two, two, two, two)).toEqual([
      ['down allocation-failed 1'],
      ...[[], [], [], [], []],
      ['down allocation-failed 2'],
    ]);
  });

  it('is told anew under another order', () => {
    const later = { ...locked('mx1'), id: 'later', fence: 2, direction: 'revoke' } as const;
    expect(told([locked('mx1')], [named('mx1', { state: 'superseded' }), later])).toEqual([
      ['blocked resource-locked 1'],
      ['blocked resource-locked 1'],
    ]);
  });

  it('is none any more while the start of a machine that runs is still asked after', () => {
    expect(troublesOf([down('mx1')], new Map([['vm-mx1', { powerState: 'running' }]] as const))).toEqual([]);
  });

  it('of a machine that still runs when its stop was given up is no machine that is down', () => {
    const given = named('mx1', { state: 'failed', stoppedByUs: true, blocker: noRoom });
    const [still] = troublesOf([given], new Map([['vm-mx1', { powerState: 'running' }]] as const));
    const [off] = troublesOf([given], seen);
    expect([still?.kind, off?.kind]).toEqual(['failed', 'down']);
  });
});
