import type { Finding } from '../fraud/fraud-check.js';
import { addMilliseconds, type Instant, millisecondsBetween } from '../instants.js';
import { aRestart } from './enforcement.examples.js';
import type { RestartState, StandingBlocker } from './restart.js';
import { type AddressReview, isReady, looked, missed, nextReviewAt, waitsUntil } from './address-review.js';

const now = '2026-03-01T12:00:00.000Z';
const whose = { exemptionId: 'e', tenantId: 't', fence: 2 };
const finding = (outcome: Finding['outcome']): Finding => ({
  check: 'missing-reverse-dns',
  outcome,
  value: null,
  evidence: [],
  source: 'DNS',
  at: now,
  reasonCode: null,
});
const seen = (outcome: Finding['outcome'], lookedAt = now) => ({
  lookedAt,
  addresses: [
    { machine: 'mx1', resourceId: '/vm/mx1', address: '203.0.113.7', findings: [finding(outcome)] },
  ],
  domains: finding('pass'),
  more: 0,
});
const all = { pending: [], unlisted: [] };
const waiting = { ...all, pending: ['mx2'] };

/** The waits in minutes until nobody looks any more, where each look comes to the same. */
function waitsOf(
  look: (before: AddressReview | null, at: Instant) => AddressReview,
  before: AddressReview | null = null,
): readonly number[] {
  const waits: number[] = [];
  let at = before?.lookedAt ?? now;
  let review = before ?? look(null, at);
  for (
    let due = nextReviewAt(review, at);
    due !== null && waits.length < 50;
    due = nextReviewAt(review, at)
  ) {
    waits.push(millisecondsBetween(at, due) / 60_000);
    at = due;
    review = look(review, at);
  }
  return waits;
}
const week = [60, 360, 1_440, 4_320, 10_080];
const soon = [1, 2, 4, 8, 16, 32];

describe('when addresses are looked at again', () => {
  it('not where all is well; for a week where something is not', () => {
    expect(waitsOf((before, at) => looked(whose, before, seen('pass', at), all))).toEqual([]);
    for (const outcome of ['warn', 'unknown', 'error'] as const)
      expect(waitsOf((before, at) => looked(whose, before, seen(outcome, at), all))).toEqual(week);
  });

  it('soon where an address is not seen yet, without taking a wait of the week; then as seldom as ever', () => {
    expect(waitsOf((before, at) => looked(whose, before, seen('pass', at), waiting))).toEqual([
      ...soon,
      ...week,
    ]);
    const late = looked(whose, looked(whose, null, seen('warn'), waiting), seen('warn'), all);
    expect(late).toMatchObject({ looks: 1, misses: 0, problem: null });
    expect(waitsOf((before, at) => looked(whose, before, seen('warn', at), all), late)).toEqual(week);
  });

  it('soon where nothing was seen, and then not any more', () => {
    expect(waitsOf((before) => missed(whose, before, 'Throttled'))).toEqual(soon);
  });

  it('a look that fails within the week takes one wait of it, however often it is tried', () => {
    const afterAnHour = missed(whose, looked(whose, null, seen('warn'), all), 'Throttled');
    const again = missed(whose, afterAnHour, 'Throttled');
    expect([afterAnHour.looks, again.looks, looked(whose, again, seen('warn'), all).looks]).toEqual([
      2, 2, 2,
    ]);
  });

  it('for a week again where it was asked for before its time, or after the last: a machine came back', () => {
    const look = (before: AddressReview | null, at: Instant) => looked(whose, before, seen('warn', at), all);
    const hour = addMilliseconds(now, 3_600_000);
    const second = look(look(null, now), hour);
    expect(second.looks).toBe(2);
    expect(waitsOf(look, look(second, addMilliseconds(hour, 60_000)))).toEqual(week);
    const ready = looked(whose, null, seen('pass'), all);
    expect(waitsOf(look, look(ready, hour))).toEqual(week);
  });

  it('not for instances whose addresses no listing has', () => {
    expect(waitsOf((before) => looked(whose, before, seen('pass'), { ...all, unlisted: ['web_1'] }))).toEqual(
      [],
    );
  });
});

describe('whether addresses are ready (I17)', () => {
  it('is not told while one was not seen, whatever the others say well', () => {
    expect(isReady(looked(whose, null, seen('pass'), all))).toBe(true);
    expect(isReady(looked(whose, null, seen('pass'), waiting))).toBeNull();
    expect(isReady(looked(whose, null, seen('warn'), waiting))).toBe(false);
    expect(isReady(looked(whose, null, { ...seen('pass'), addresses: [] }, waiting))).toBeNull();
    expect(isReady(looked(whose, null, seen('pass'), { ...all, unlisted: ['web_1'] }))).toBeNull();
    expect(isReady({ ...looked(whose, null, seen('pass'), all), more: 1 })).toBeNull();
  });

  it('is not told where nothing was seen', () => {
    expect(isReady(missed(whose, null, 'Throttled'))).toBeNull();
  });

  it('is said with the machines that it turns on', () => {
    const { problem } = looked(whose, null, seen('pass'), { pending: ['mx2'], unlisted: ['web_1', 'web_2'] });
    expect(problem?.code).toBe('addresses-not-assigned');
    expect(problem?.message).toContain('which public address each has: mx2.');
    expect(problem?.message).toContain('2 machines (web_1, web_2)');
  });
});

describe('a look at addresses that was asked for', () => {
  const restart = (state: RestartState, blocker: StandingBlocker | null = null) =>
    aRestart({ state, blocker });
  const held = { code: 'allocation-failed', message: '', since: now };

  it('waits for machines that are on their way, but for one that something holds up', () => {
    for (const state of ['deallocating', 'starting'] as const) {
      expect(waitsUntil([restart('restarted'), restart(state)], null, now)).toBe(
        addMilliseconds(now, 60_000),
      );
      expect(waitsUntil([restart('restarted'), restart(state, held)], null, now)).toBeNull();
    }
    expect(waitsUntil([restart('restarted'), restart('waiting'), restart('resting')], null, now)).toBeNull();
  });

  it('is shared by machines that come back within five minutes, unless an address is missing still', () => {
    const before = looked(whose, null, seen('warn'), all);
    const at = (minutes: number) => addMilliseconds(now, minutes * 60_000);
    expect(waitsUntil([], before, at(2))).toBe(at(5));
    expect(waitsUntil([], before, at(5))).toBeNull();
    expect(waitsUntil([], before, at(-60))).toBeNull(); // a clock set back holds up nobody
    expect(waitsUntil([], looked(whose, null, seen('warn'), waiting), at(2))).toBeNull();
  });
});
