import { Agenda } from './agenda.js';
import { EmulatorClock } from './clock.js';

const noon = '2026-01-10T12:00:00.000Z';
const noonMs = Date.parse(noon);

let clock: EmulatorClock;
let seen: string[];
beforeEach(() => {
  clock = new EmulatorClock();
  clock.set(noon);
  seen = [];
});
afterEach(() => clock.forget());

const later = (seconds: number, what: string) =>
  clock.at(noonMs + seconds * 1_000, () => seen.push(`${what} ${clock.now().slice(17, 19)}`));

describe('a simulated clock', () => {
  it('lets happen what is due on its way, in its order, each thing at its own instant', () => {
    later(30, 'third');
    later(10, 'first');
    later(20, 'second');
    clock.advance(25_000);
    expect([seen, clock.now().slice(17, 19)]).toEqual([['first 10', 'second 20'], '25']);
  });

  it('lets happen what one thing on the way makes due on the way, and nothing that is due later', () => {
    clock.at(noonMs + 1_000, () => later(2, 'begun'));
    later(61, 'too late');
    clock.advance(60_000);
    expect(seen).toEqual(['begun 02']);
  });

  it('lets nothing happen when it is set back, and everything once when it comes by again (F13)', () => {
    later(10, 'once');
    clock.set('2026-01-10T11:00:00Z');
    expect(seen).toEqual([]);
    clock.set('2026-01-10T12:00:30Z');
    clock.set(noon);
    clock.advance(60_000);
    expect(seen).toEqual(['once 10']);
  });

  it('lets what is due at once happen without being moved', async () => {
    await new Promise<void>((resolve) => {
      clock.at(noonMs, resolve);
    });
    expect(clock.now()).toBe(noon);
  });

  it('waits on its way for what was begun elsewhere', async () => {
    let isAway = false;
    clock.at(noonMs + 1_000, () => void (isAway = true));
    clock.at(noonMs + 2_000, () => seen.push(isAway ? 'still away' : 'back'));
    await clock.travel('2026-01-10T12:01:00Z', () => Promise.resolve().then(() => void (isAway = false)));
    expect(seen).toEqual(['back']);
  });
});

describe('the real clock', () => {
  it('lets happen what is due, and nothing that was forgotten', async () => {
    clock.real();
    await new Promise<void>((resolve) => {
      clock.at(Date.now() + 5, resolve);
    });
    clock.at(Date.now(), () => seen.push('forgotten'));
    clock.forget();
    await new Promise<void>((resolve) => {
      clock.at(Date.now() + 5, resolve);
    });
    expect(seen).toEqual([]);
  });
});

describe('an agenda', () => {
  it('gives what is due in the order of its times, and of its writing where those are alike', () => {
    const agenda = new Agenda();
    const times = Array.from({ length: 500 }, (_, index) => (index * 7_919) % 101);
    const taken: [number, number][] = [];
    times.forEach((atMs, index) => {
      agenda.add({ atMs, run: () => taken.push([atMs, index]) });
    });
    for (let due = agenda.take(200); due !== undefined; due = agenda.take(200)) due.run();
    const sorted = [...taken].sort(([atMs, index], [otherMs, other]) => atMs - otherMs || index - other);
    expect(taken).toEqual(sorted);
    expect(taken).toHaveLength(500);
  });
});
