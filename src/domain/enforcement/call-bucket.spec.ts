import fc from 'fast-check';
import {
  type BucketSize,
  type CallBucket,
  type CloudWord,
  fullBucket,
  heardOf,
  isNoNews,
  takeToken,
} from './call-bucket.js';

const size: BucketSize = { burst: 1_500, perMinute: 500 };
const ordinary = (nowMs: number) => ({ nowMs, isUrgent: false });
const emptied = (bucketSize: BucketSize, nowMs = 0): CallBucket => ({
  ...fullBucket(bucketSize, nowMs),
  level: 0,
});
const sizes = fc.record({
  burst: fc.integer({ min: 10, max: 200 }),
  perMinute: fc.integer({ min: 1, max: 6_000 }),
});

describe('a bucket of calls', () => {
  it('never lets more through in any span than its burst and what flowed back (I16)', () => {
    const steps = fc.array(
      fc.record({ afterMs: fc.integer({ min: 0, max: 20_000 }), isUrgent: fc.boolean() }),
      {
        maxLength: 300,
      },
    );
    fc.assert(
      fc.property(sizes, steps, (bucketSize, taken) => {
        let bucket = fullBucket(bucketSize, 0);
        let nowMs = 0;
        const granted: number[] = [];
        for (const { afterMs, isUrgent } of taken) {
          nowMs += afterMs;
          const step = takeToken(bucket, bucketSize, { nowMs, isUrgent });
          bucket = step.bucket;
          if (step.taking.kind === 'granted') granted.push(nowMs);
        }
        granted.forEach((from, first) =>
          granted.slice(first).forEach((to, more) => {
            const most = bucketSize.burst + ((to - from) * bucketSize.perMinute) / 60_000;
            expect(more + 1).toBeLessThanOrEqual(most + 1e-5);
          }),
        );
      }),
    );
  });

  it('tells everybody a time of their own, and whoever comes then finds a token: two questions a call', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 200 }), (bucketSize, callers) => {
        let bucket = emptied(bucketSize);
        let asked = 0;
        const due = Array.from({ length: callers }, () => 0);
        const servedAt: number[] = [];
        while (due.length > 0) {
          const nowMs = due.shift() ?? 0;
          asked += 1;
          const step = takeToken(bucket, bucketSize, ordinary(nowMs));
          bucket = step.bucket;
          if (step.taking.kind === 'granted') servedAt.push(nowMs);
          else due.push(nowMs + step.taking.inMs);
          due.sort((a, b) => a - b);
        }
        expect(asked).toBeLessThanOrEqual(callers * 2 + 2);
        const bound = (callers * 60_000) / bucketSize.perMinute;
        // A millisecond a caller is lost where a wait is rounded up.
        expect(Math.max(...servedAt)).toBeLessThanOrEqual(bound + callers + 1);
      }),
    );
  });

  it('keeps the token of an urgent caller, whoever asks meanwhile: a revocation goes first', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 100 }),
        (bucketSize, others) => {
          let { bucket, taking } = takeToken(emptied(bucketSize), bucketSize, { nowMs: 0, isUrgent: true });
          const dueMs = taking.kind === 'denied' ? taking.inMs : 0;
          for (const nowMs of others.filter((at) => at <= dueMs).toSorted((a, b) => a - b))
            ({ bucket, taking } = takeToken(bucket, bucketSize, ordinary(nowMs)));
          ({ taking } = takeToken(bucket, bucketSize, { nowMs: dueMs, isUrgent: true }));
          expect(taking.kind).toBe('granted');
        },
      ),
    );
  });

  it('lets an urgent caller pass ten thousand who stand in line', () => {
    let bucket = emptied(size);
    for (let caller = 0; caller < 10_000; caller += 1) ({ bucket } = takeToken(bucket, size, ordinary(0)));
    const { taking } = takeToken(bucket, size, { nowMs: 0, isUrgent: true });
    expect(taking).toEqual({ kind: 'denied', inMs: 120 });
  });

  it('gives nothing twice when two workers’ clocks are five minutes apart, or one is set back (F13)', () => {
    const late = takeToken(emptied(size, 300_000), size, ordinary(0));
    const { taking, bucket } = takeToken(late.bucket, size, ordinary(300_000));
    expect([taking.kind, bucket.level]).toEqual(['denied', 0]);
  });
});

describe('the word of the cloud', () => {
  const at = (nowMs: number, chance = 0) => ({ nowMs, chance });
  const throttled = (waitMs: number | null, left: number | null = null): CloudWord => ({
    kind: 'throttled',
    waitMs,
    left,
  });
  const failed: CloudWord = { kind: 'failed' };
  const inMs = (bucket: CallBucket, nowMs: number) => {
    const { taking } = takeToken(bucket, size, ordinary(nowMs));
    return taking.kind === 'denied' ? taking.inMs : 0;
  };

  it('wins over our count: fewer at once, more only beyond the calls that may be under way', () => {
    const full = fullBucket(size, 0);
    expect(heardOf(full, size, { kind: 'served', left: 3 }, at(0)).level).toBe(3);
    const empty = emptied(size);
    expect(heardOf(empty, size, { kind: 'served', left: 16 }, at(0)).level).toBe(0);
    expect(heardOf(empty, size, { kind: 'served', left: 2_000 }, at(0)).level).toBe(1_984);
    expect(heardOf(empty, size, throttled(1_000, 700), at(0)).level).toBe(0);
  });

  it('closes the bucket for as long as Retry-After says, whatever is in it', () => {
    const shut = heardOf(fullBucket(size, 0), size, throttled(17_000), at(0));
    expect([inMs(shut, 0), inMs(shut, 16_000), inMs(shut, 17_000)]).toEqual([17_000, 1_000, 0]);
  });

  it('that says no time is met by our own back-off of 1, 2, 4 … 32, then 60 seconds, less up to a half', () => {
    for (const chance of [0, 1]) {
      let bucket = fullBucket(size, 0);
      let nowMs = 0;
      const waits: number[] = [];
      for (let strike = 0; strike < 8; strike += 1) {
        bucket = heardOf(takeToken(bucket, size, ordinary(nowMs)).bucket, size, failed, at(nowMs, chance));
        waits.push(bucket.closedUntilMs - nowMs);
        nowMs = bucket.closedUntilMs;
      }
      const whole = [1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1_000);
      expect(waits).toEqual(whole.map((wait) => wait * (1 - chance / 2)));
    }
  });

  it('that fell silent is sought by one call at a time, and one that is served opens the bucket again', () => {
    const silent = heardOf(fullBucket(size, 0), size, failed, at(0));
    const probe = takeToken(silent, size, ordinary(1_000));
    expect(probe.taking.kind).toBe('granted');
    expect(inMs(probe.bucket, 1_000)).toBe(2_000);
    const open = heardOf(probe.bucket, size, { kind: 'served', left: null }, at(1_200));
    expect([inMs(open, 1_200), open.strikes]).toEqual([0, 0]);
    const lost = takeToken(probe.bucket, size, ordinary(36_000));
    expect(lost.taking.kind).toBe('granted');
  });

  it('counts answers to calls of before it was shut as the same trouble', () => {
    let bucket = fullBucket(size, 0);
    for (let call = 0; call < 12; call += 1) bucket = heardOf(bucket, size, failed, at(0));
    expect([bucket.strikes, bucket.closedUntilMs]).toEqual([1, 1_000]);
    expect(heardOf(bucket, size, throttled(9_000), at(0)).closedUntilMs).toBe(9_000);
  });

  it('that repeats a 429 with Retry-After is sought by one call at a time, too', () => {
    const once = heardOf(fullBucket(size, 0), size, throttled(1_000), at(0));
    const twice = heardOf(once, size, throttled(1_000), at(1_000));
    expect([once.isSuspect, twice.isSuspect]).toEqual([false, true]);
  });

  it('is not written down where it says what we know', () => {
    const full = fullBucket(size, 0);
    expect(isNoNews(full, { kind: 'served', left: 1_499 })).toBe(true);
    expect(isNoNews(full, { kind: 'served', left: null })).toBe(true);
    expect(isNoNews(full, { kind: 'served', left: 1_400 })).toBe(false);
    expect(isNoNews(emptied(size), { kind: 'served', left: 100 })).toBe(false);
    expect(isNoNews(full, failed)).toBe(false);
    expect(isNoNews({ ...full, strikes: 1 }, { kind: 'served', left: null })).toBe(false);
  });
});

describe('whoever gives way', () => {
  const yields = (nowMs: number) => ({ nowMs, isUrgent: false, givesWay: true });
  const inMs = (bucket: CallBucket, nowMs: number) => {
    const { taking } = takeToken(bucket, size, yields(nowMs));
    return taking.kind === 'granted' ? 0 : taking.inMs;
  };

  it('takes a token where nobody waits, and leaves ten', () => {
    expect(inMs(fullBucket(size, 0), 0)).toBe(0);
    expect(inMs({ ...emptied(size), level: 11 }, 0)).toBe(0);
    expect(inMs({ ...emptied(size), level: 10.9 }, 0)).toBe(2_000);
    expect(inMs({ ...emptied(size), level: 13, kept: 3, keptUntilMs: 1_000 }, 0)).toBe(2_000);
  });

  it('does not make the one call that shows whether the cloud answers again, and leaves it to others', () => {
    const heard = heardOf(fullBucket(size, 0), size, { kind: 'failed' }, { nowMs: 0, chance: 0 });
    expect([inMs(heard, 500), inMs(heard, 5_000)]).toEqual([2_000, 2_000]);
    const refused = takeToken(heard, size, yields(5_000)).bucket;
    expect(refused).toMatchObject({ isProbing: false, isSuspect: true });
    expect(takeToken(refused, size, ordinary(5_000)).taking.kind).toBe('granted');
  });

  it('has no place in the line, and does not pass it', () => {
    const { bucket } = takeToken(emptied(size), size, ordinary(0));
    const after = takeToken(bucket, size, yields(0));
    expect(after.bucket.lineUntilMs).toBe(bucket.lineUntilMs);
    expect(inMs({ ...bucket, level: 100 }, bucket.lineUntilMs - 1)).toBe(2_000);
    expect(inMs({ ...bucket, level: 100 }, bucket.lineUntilMs)).toBe(0);
  });
});
