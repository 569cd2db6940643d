import { benchCycles, type CycleFigures, type FleetSize } from './cloud.bench.js';
import { openCloudStage } from './cloud-stage.js';
import type { Extent } from './extent.js';
import { measuredOn, tellSection } from './performance-file.js';
import { benchRevocations, type RevocationFigures } from './revocations.bench.js';
import { openStage } from './stage.js';

const three = (value: number) => value.toFixed(3);
const one = (value: number) => value.toFixed(1);

/** `npm run bench -- cloud [machines] [subscriptions] [minutes]`: B4, B5, B7 and B8. Rejects with what is missing. */
export async function benchCloud(order: readonly string[], extent: Extent): Promise<void> {
  const [machines, subscriptions, minutes] = extent.fleet.map((usual, index) => order[index] ?? usual);
  const size = {
    machines: Number(machines),
    subscriptions: Number(subscriptions),
    withinMinutes: Number(minutes),
  };
  if (!Object.values(size).every((value) => Number.isInteger(value) && value > 0))
    throw new Error('say how many machines, subscriptions and minutes, each a whole number above 0');
  const stage = await openStage();
  const cloud = await openCloudStage(stage);
  try {
    process.stderr.write(
      `bench: ${String(size.machines)} machines over ${String(size.subscriptions)} subscriptions …\n`,
    );
    const cycles = await benchCycles(stage, cloud, size);
    process.stderr.write('bench: revocations …\n');
    const revocations = await benchRevocations(stage, cloud, extent);
    tellSection('The cloud’s budget', report(size, cycles, revocations, cloud.queue), extent);
  } finally {
    await stage.stop();
    await cloud.stop();
  }
}

function report(
  size: FleetSize,
  cycles: CycleFigures,
  revocations: RevocationFigures,
  queue: string,
): readonly string[] {
  const { orders, polls, looks, pages, subscriptions, throttled } = cycles.calls;
  const all = orders + polls + looks + pages + subscriptions;
  const memory = (mebibytes: number | null) =>
    mebibytes === null ? 'not told by this system' : one(mebibytes);
  return [
    `\`npm run bench -- cloud ${String(size.machines)} ${String(size.subscriptions)}\`; the goals are for 100,000 machines over 200 subscriptions`,
    '(`npm run bench -- cloud 100000 200 300`). The worker is the real one with real buckets and a simulated clock that goes on',
    'when nothing is due, in steps of 0.25 s. The buckets for orders are empty at the first order, as where the owner’s own tools',
    'used the burst; full ones would hold nobody up at this size. All machines of a subscription may be down at once.',
    '',
    `${measuredOn()} The queue was ${queue}. It took ${one(cycles.realMinutes)} minutes by the machine’s clock.`,
    '',
    '| Id | Measure | Postern | Against | Ratio or figure | Goal |',
    '|---|---|---|---|---|---|',
    `| B4 | simulated seconds from the first order of a subscription until its last machine was back, of the slowest | ${one(cycles.makespanSeconds)} | ${one(cycles.boundSeconds)} (buckets, one deallocate, one start) | **${three(cycles.makespanSeconds / cycles.boundSeconds)}** | 1.1 |`,
    `| B5 | calls to the cloud | ${String(all)} | ${String(cycles.leastCalls)} | **${three(all / cycles.leastCalls)}** | 1.2 |`,
    `| B7 | seconds from a revocation’s order to the closed gate, p99 of ${String(revocations.samples)} | ${three(revocations.p99Seconds)} | at least ${String(revocations.leftInLine)} restarts were in line, ${String(revocations.waitingChecks)} checks of another tenant waited at the start | median ${three(revocations.medianSeconds)} | 2 |`,
    `| B8 | most resident MiB of the API | ${memory(cycles.apiMiB)} | | | 200 |`,
    `| B8 | most resident MiB of the worker | ${memory(cycles.workerMiB)} | | | 200 |`,
    '',
    `Calls: ${String(orders)} orders, ${String(polls)} polls, ${String(pages)} listing pages, ${String(subscriptions)} subscriptions, ${String(looks)} single machines; ${String(throttled)} of them were throttled.`,
    `First orders came ${one(cycles.planningSeconds.first)} to ${one(cycles.planningSeconds.last)} simulated seconds after the grants; from the first to the last machine of all it took`,
    `${one(cycles.overallSeconds)}, and the last exemption was effective after ${one(cycles.effectiveSeconds)}:`,
    'looks are 15 seconds apart while nothing else asks for one.',
    'Throttled are the first calls of each bucket for orders: nobody told Postern that it was empty. It knows from then on.',
    'B7’s restarts are effects that are taken up, loaded and settled; they call no cloud.',
    'A sweep that sees a machine run again saves the poll of its start: B5 may fall below 1.',
  ];
}
