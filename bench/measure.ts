/** Calls a second of `count` calls at most `inFlight` at a time. */
export async function rate(
  count: number,
  inFlight: number,
  call: (index: number) => Promise<void>,
): Promise<number> {
  let next = 0;
  const begun = performance.now();
  const loop = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await call(index);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
  return count / ((performance.now() - begun) / 1_000);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Two things in turn, A B A B …: the machine's drift meets both, and the ratio is taken pair by pair. */
export async function paired(
  rounds: number,
  a: (round: number) => Promise<number>,
  b: (round: number) => Promise<number>,
): Promise<Pair> {
  const ratios: number[] = [];
  const as: number[] = [];
  const bs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const x = await a(round);
    const y = await b(round);
    as.push(x);
    bs.push(y);
    ratios.push(x / y);
  }
  return {
    ours: median(as),
    theirs: median(bs),
    ratio: median(ratios),
    from: Math.min(...ratios),
    to: Math.max(...ratios),
  };
}

export interface Pair {
  readonly ours: number;
  readonly theirs: number;
  /** The median of the ratios of the pairs, and their range. */
  readonly ratio: number;
  readonly from: number;
  readonly to: number;
}

/** A call that must succeed: a bench that measures errors measures nothing. */
export async function mustAnswer(url: string, init: RequestInit, status: number): Promise<void> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (response.status !== status)
    throw new Error(`${url} answered ${String(response.status)}: ${text.slice(0, 300)}`);
}
