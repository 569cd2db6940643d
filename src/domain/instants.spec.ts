import {
  addDays,
  addMilliseconds,
  compareInstants,
  isBefore,
  millisecondsBetween,
  millisecondsOf,
} from './instants.js';

test('moments are compared, not their spellings', () => {
  expect(compareInstants('2017-11-15T00:00:00Z', '2017-11-15T00:00:00.000Z')).toBe(0);
  expect(isBefore('2017-11-14T23:59:59.999Z', '2017-11-15T00:00:00Z')).toBe(true);
  expect(isBefore('2017-11-15T00:00:00Z', '2017-11-15T00:00:00Z')).toBe(false);
});

test('time is added across leap days and ends of years', () => {
  expect(addDays('2024-02-28T12:00:00Z', 2)).toBe('2024-03-01T12:00:00.000Z');
  expect(addMilliseconds('2025-12-31T23:59:59.999Z', 1)).toBe('2026-01-01T00:00:00.000Z');
  expect(millisecondsBetween('2026-01-01T00:00:01Z', '2026-01-01T00:00:00Z')).toBe(-1_000);
});

test('what is no instant is a defect, told at once', () => {
  expect(() => millisecondsOf('yesterday')).toThrow(RangeError);
});
