import { RateCounters, type PointsUsed } from '../../domain/ports/rate-counters.js';
import type { Caller } from '../../domain/access/actor.js';
import { RateLimits } from './rate-limits.js';
import { RateWindow } from './rate-window.js';

/** Counters in memory, that may be away. */
class MemoryCounters extends RateCounters {
  readonly totals = new Map<string, number>();
  isAway = false;

  override async add(used: readonly PointsUsed[]): Promise<readonly PointsUsed[]> {
    if (this.isAway) throw new Error('away');
    return used.map(({ key, window, points }) => {
      const total = (this.totals.get(`${String(window)} ${key}`) ?? 0) + points;
      this.totals.set(`${String(window)} ${key}`, total);
      return { key, window, points: total };
    });
  }
}

const minute = 1_766_000_040_000; // the beginning of a minute
const caller = (objectId: string, tenantId = 'tenant'): Caller => ({
  kind: 'caller',
  tenantKind: 'customer',
  tenantId,
  objectId,
  roles: ['Requester'],
  appOnly: false,
});

function process(counters: RateCounters, clock: { now: number }, points = { tenant: 100, principal: 20 }) {
  const told: string[] = [];
  const shared: boolean[] = [];
  const limits = new RateLimits(
    {
      tenantPoints: points.tenant,
      principalPoints: points.principal,
      secret: Buffer.alloc(32, 1),
      now: () => clock.now,
    },
    counters,
    { info: (message) => told.push(message), warn: (message) => told.push(message) },
    { limited: () => undefined, limitsAreShared: (isSo) => shared.push(isSo) },
  );
  return { limits, told, shared };
}

const used = (times: number, work: () => unknown) => Array.from({ length: times }, work);

describe('the limits', () => {
  it('tell what is left, refuse beyond it, and are whole again in the next minute', () => {
    const clock = { now: minute + 18_000 };
    const { limits } = process(new MemoryCounters(), clock);
    const first = limits.charge(caller('a'), 5);
    expect(first).toEqual({
      refusal: null,
      headers: {
        'ratelimit-policy': '"tenant";q=100;w=60, "principal";q=20;w=60',
        ratelimit: '"tenant";r=95;t=42, "principal";r=15;t=42',
      },
    });
    used(3, () => limits.charge(caller('a'), 5));
    const { refusal, headers } = limits.charge(caller('a'), 5);
    expect(refusal).toMatchObject({ status: 429, code: 'rate-limited', retryAfterSeconds: 42 });
    expect(headers['ratelimit']).toBe('"tenant";r=80;t=42, "principal";r=0;t=42');
    expect(limits.charge(caller('b'), 5).refusal).toBeNull();
    clock.now += 42_000;
    expect(limits.charge(caller('a'), 5).refusal).toBeNull();
  });

  it('hold for a tenant as a whole, whoever of it calls, and for no other tenant', () => {
    const { limits } = process(new MemoryCounters(), { now: minute });
    for (const name of ['a', 'b', 'c', 'd', 'e']) used(4, () => limits.charge(caller(name), 5));
    expect(limits.charge(caller('f'), 5).refusal?.message).toContain('Your tenant');
    expect(limits.charge(caller('f', 'another'), 5).refusal).toBeNull();
  });

  it('are off at 0, and then say nothing', () => {
    const { limits } = process(new MemoryCounters(), { now: minute }, { tenant: 0, principal: 0 });
    expect(limits.charge(caller('a'), 1_000_000)).toEqual({ headers: {}, refusal: null });
    const { limits: one } = process(new MemoryCounters(), { now: minute }, { tenant: 0, principal: 9 });
    expect(one.charge(caller('a'), 5).headers['ratelimit']).toBe('"principal";r=4;t=60');
  });
});

describe('two processes', () => {
  it('know what the other one granted, once both have shared', async () => {
    const [counters, clock] = [new MemoryCounters(), { now: minute }];
    const [one, other] = [process(counters, clock).limits, process(counters, clock).limits];
    used(2, () => one.charge(caller('a'), 5));
    used(2, () => other.charge(caller('a'), 5));
    await one.share();
    await other.share();
    expect(other.charge(caller('a'), 5).refusal).not.toBeNull();
    // The first shared before the second, and learns of it with its next call.
    one.charge(caller('a'), 1);
    await one.share();
    expect(one.charge(caller('a'), 1).refusal).not.toBeNull();
  });

  it('put nobody’s name into the shared counters', async () => {
    const counters = new MemoryCounters();
    const { limits } = process(counters, { now: minute });
    limits.charge(caller('somebody'), 1);
    await limits.share();
    expect([...counters.totals.keys()].join()).not.toMatch(/somebody|tenant/);
    expect(counters.totals.size).toBe(2);
  });

  it('go on alone while the counters are away, say so once, and lose nothing that was counted', async () => {
    const counters = new MemoryCounters();
    const { limits, told, shared } = process(counters, { now: minute });
    counters.isAway = true;
    for (let call = 0; call < 5; call += 1) {
      expect(limits.charge(caller('a'), 2).refusal).toBeNull();
      await limits.share();
    }
    expect([told.length, shared]).toEqual([1, [false]]);
    counters.isAway = false;
    await limits.share();
    expect([...counters.totals.values()]).toEqual([10, 10]);
    expect([told.length, shared]).toEqual([2, [false, true]]);
  });
});

it('whoever comes, a window holds so many keys and no more', () => {
  const window = new RateWindow(1, 3);
  for (let index = 0; index < 1_000; index += 1) window.add(`key ${String(index)}`, 1);
  expect(window.size).toBe(3);
  expect(window.usedBy('key 999')).toBe(1);
  expect(window.usedBy('key 0')).toBe(0);
});
