import type { PointsUsed } from '../../domain/ports/rate-counters.js';

/** What one key used in the present window: all that is known of it, and what the shared counters have not been told. */
interface Count {
  used: number;
  untold: number;
}

/**
 * The counts of one window, kept in this process. However many keys come, it holds `mostKept` of them: the oldest goes, and
 * is read back from the shared counters when it comes again.
 */
export class RateWindow {
  private readonly counts = new Map<string, Count>();

  constructor(
    readonly number: number,
    private readonly mostKept: number,
  ) {}

  get size(): number {
    return this.counts.size;
  }

  usedBy(key: string): number {
    return this.counts.get(key)?.used ?? 0;
  }

  add(key: string, points: number): void {
    const count = this.counts.get(key);
    if (count !== undefined) {
      count.used += points;
      count.untold += points;
      return;
    }
    const [oldest] = this.counts.keys();
    if (this.counts.size >= this.mostKept && oldest !== undefined) this.counts.delete(oldest);
    this.counts.set(key, { used: points, untold: points });
  }

  /** Takes what the shared counters have not been told, at most so many keys; `untell` gives it back if that fails. */
  take(most: number): readonly PointsUsed[] {
    const taken: PointsUsed[] = [];
    for (const [key, count] of this.counts) {
      if (count.untold === 0) continue;
      taken.push({ key, window: this.number, points: count.untold });
      count.untold = 0;
      if (taken.length === most) break;
    }
    return taken;
  }

  untell(used: readonly PointsUsed[]): void {
    for (const { key, points } of used) {
      const count = this.counts.get(key);
      if (count !== undefined) count.untold += points;
    }
  }

  /** What all processes used together, and this one since it told its part. */
  learn(totals: readonly PointsUsed[]): void {
    for (const { key, points } of totals) {
      const count = this.counts.get(key);
      if (count !== undefined) count.used = points + count.untold;
    }
  }
}
