/** What is due at an instant. */
export interface Due {
  readonly atMs: number;
  readonly run: () => void;
}

interface Entry extends Due {
  /** Grows with every entry: what is due at the same instant happens in the order in which it was written down. */
  readonly order: number;
}

const isBefore = (one: Entry, other: Entry) =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);

/** What is going to happen, the earliest first: a heap, so that a hundred thousand operations may be under way. */
export class Agenda {
  private readonly heap: Entry[] = [];
  private written = 0;

  add({ atMs, run }: Due): void {
    this.written += 1;
    const entry = { atMs, run, order: this.written };
    let index = this.heap.length;
    for (let parent = (index - 1) >> 1; index > 0; parent = (index - 1) >> 1) {
      const above = this.heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      this.heap[index] = above;
      index = parent;
    }
    this.heap[index] = entry;
  }

  /** When the next thing is due; undefined where nothing is. */
  nextAtMs(): number | undefined {
    return this.heap[0]?.atMs;
  }

  /** Takes the next thing that is due at an instant or before it. */
  take(untilMs: number): Due | undefined {
    const [first] = this.heap;
    if (first === undefined || first.atMs > untilMs) return undefined;
    const last = this.heap.pop();
    if (last !== undefined && last !== first) this.sink(last);
    return first;
  }

  clear(): void {
    this.heap.length = 0;
  }

  private sink(entry: Entry): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [one, other] = [this.heap[left], this.heap[left + 1]];
      if (one === undefined) break;
      const useRight = other !== undefined && isBefore(other, one);
      const child = useRight ? other : one;
      if (isBefore(entry, child)) break;
      this.heap[index] = child;
      index = useRight ? left + 1 : left;
    }
    this.heap[index] = entry;
  }
}
