import type { GateReadAnswer } from '../ports/gate-control.js';
import { afterLookAtEnded, isBelievableFence } from './ended-gate.js';
import type { Gate } from './gate.js';

const gate = { id: 's', state: 'closed', position: 'closed', fence: 4 } as Gate;
const read = (position: 'open' | 'closed', fence: number): GateReadAnswer => ({
  kind: 'read',
  position,
  fence,
  movedAt: null,
  appliesTo: 'next-start',
});

test.each([
  [0, 4, true],
  [5, 4, true],
  [1_000_004, 4, true],
  [1_000_005, 4, false],
  [Number.MAX_SAFE_INTEGER, 4, false],
  [Number.MAX_SAFE_INTEGER + 1, Number.MAX_SAFE_INTEGER, false],
  [-1, 4, false],
  [4.5, 4, false],
  [Number.NaN, 4, false],
])('a fence of %d over ours of %d may be real: %s', (theirs, ours, expected) => {
  expect(isBelievableFence(theirs, ours)).toBe(expected);
});

describe('the gate of a right that has ended', () => {
  test.each([
    ['closed as ordered', read('closed', 4)],
    ['closed by somebody else', read('closed', 9)],
    ['silent', { kind: 'unavailable', code: 'no-answer', retryAfterSeconds: null } as const],
  ])('that is %s asks for nothing', (_what, reading) => {
    expect(afterLookAtEnded(gate, reading)).toBeNull();
  });

  test.each([
    ['under our own fence', 4, 5],
    ['under an older one, as after a restore', 2, 5],
    ['under a later one', 9, 10],
  ])('that somebody opened %s is closed above both, and a human is called', (_what, fence, closeUnder) => {
    const found = afterLookAtEnded(gate, read('open', fence));
    expect(found).toMatchObject({ closeUnder, need: { code: 'gate-opened-after-end' } });
  });

  test('that is open at an absurd fence is a human’s alone', () => {
    const found = afterLookAtEnded(gate, read('open', Number.MAX_SAFE_INTEGER));
    expect(found).toMatchObject({ closeUnder: null, need: { code: 'gate-opened-after-end' } });
  });
});
