/** A moment as an ISO 8601 string in UTC, for example `2017-11-15T00:00:00Z`. The domain knows no clock: "now" is an argument. */
export type Instant = string;

export const millisecondsPerHour = 3_600_000;
export const millisecondsPerDay = 86_400_000;

/** Milliseconds since the epoch. Throws a RangeError when the text is no date: that is a defect of the caller, never an answer. */
export function millisecondsOf(instant: Instant): number {
  const milliseconds = Date.parse(instant);
  if (Number.isNaN(milliseconds)) throw new RangeError('not an ISO 8601 instant');
  return milliseconds;
}

/** The moment that many milliseconds later (earlier when negative), with millisecond precision. */
export function addMilliseconds(instant: Instant, milliseconds: number): Instant {
  return new Date(millisecondsOf(instant) + milliseconds).toISOString();
}

/** The moment that many times 24 hours later. Policy counts in such days: UTC has no daylight saving. */
export function addDays(instant: Instant, days: number): Instant {
  return addMilliseconds(instant, days * millisecondsPerDay);
}

/** Negative, zero or positive, as an array's sort wants it. Compares moments, not spellings (`Z` and `.000Z` are equal). */
export function compareInstants(first: Instant, second: Instant): number {
  return millisecondsOf(first) - millisecondsOf(second);
}

/** True when the first moment lies strictly before the second. */
export function isBefore(first: Instant, second: Instant): boolean {
  return compareInstants(first, second) < 0;
}

/** The earlier of two moments, of which either may be missing. */
export function earlierOf(first: Instant | null, second: Instant | null): Instant | null {
  if (first === null || second === null) return first ?? second;
  return isBefore(second, first) ? second : first;
}

/** Milliseconds from the first moment to the second; negative when the second lies earlier. */
export function millisecondsBetween(from: Instant, to: Instant): number {
  return compareInstants(to, from);
}
