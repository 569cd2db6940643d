import { Session } from 'node:inspector/promises';

/**
 * How many blocks of code of the product a piece of work goes through: a count, which no other load of the machine changes.
 * Only code that is loaded after `count` began is counted by blocks, so load it with `import()` in the work's preparation.
 */
export interface StepCounter {
  steps(work: () => unknown): Promise<number>;
  stop(): void;
}

export async function countSteps(): Promise<StepCounter> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const taken = async () => {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    return result
      .filter(({ url }) => /[/\\](?:src|emulator)[/\\]/.test(url) && !url.includes('node_modules'))
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)))
      .reduce((sum, count) => sum + count, 0);
  };
  return {
    steps: async (work) => {
      await taken(); // what was counted before is taken away
      await work();
      return taken();
    },
    stop: () => session.disconnect(),
  };
}
