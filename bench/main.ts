import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { benchCloud } from './cloud.js';
import { benchEffects } from './effects.bench.js';
import { quick, whole as wholeExtent, type Extent } from './extent.js';
import { benchHttp } from './http.bench.js';
import { measuredOn, tellSection } from './performance-file.js';
import { openStage } from './stage.js';
import { endOnUncaught, endWith, fail, stopOnSignal } from '../launch/stop-on-signal.js';

const root = path.resolve(import.meta.dirname, '..', '..');
const two = (value: number) => value.toFixed(2);
const whole = (value: number) => String(Math.round(value));

/** B9: seconds from the start of the demo to its first effective exemption, as its own story tells them. */
async function firstEffective(): Promise<number> {
  const demo = spawn(process.execPath, [path.join(root, 'dist/launch/demo.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(demo, 'exit');
  const stop = stopOnSignal(async () => {
    demo.kill('SIGTERM');
    await exited;
  });
  const [stdout] = await Promise.all([text(demo.stdout), exited]);
  await stop();
  const line = stdout.split('\n').find((one) => one.includes('that was the first effective exemption'));
  if (demo.exitCode !== 0 || line === undefined)
    throw new Error('the demo failed, so there is nothing to measure');
  return Number.parseFloat(line);
}

async function main(extent: Extent): Promise<void> {
  const stage = await openStage();
  const rows: string[] = [];
  try {
    process.stderr.write('bench: submits and reads …\n');
    const { submits, reads } = await benchHttp(stage, extent);
    const range = (pair: { from: number; to: number }) => `${two(pair.from)} to ${two(pair.to)}`;
    rows.push(
      `| B1 | durable submits a second | ${whole(submits.ours)} | ${whole(submits.theirs)} | **${two(submits.ratio)}** | ${range(submits)} | 0.6 |`,
    );
    rows.push(
      `| B2 | single reads a second | ${whole(reads.ours)} | ${whole(reads.theirs)} | **${two(reads.ratio)}** | ${range(reads)} | 0.7 |`,
    );
    process.stderr.write('bench: effects …\n');
    const effects = await benchEffects(stage, extent);
    const against = `raw BullMQ ${whole(effects.rawQueue)}, bare loop ${whole(effects.bareLoop)}`;
    rows.push(
      `| B3 | effects a second (PostgreSQL backend) | ${whole(effects.ours)} | ${against} | **${two(effects.ratio)}** | | 0.5 |`,
    );
  } finally {
    await stage.stop();
  }
  process.stderr.write('bench: the demo …\n');
  rows.push(`| B9 | seconds to the first effective exemption | ${two(await firstEffective())} | | | | 20 |`);
  tellSection('Requests, effects, the demo', report(rows), extent);
}

function report(rows: readonly string[]): readonly string[] {
  return [
    'Load comes from the same machine. The bare handlers are `bench/bare-server.ts`: Fastify and pg, the same rows in the same',
    'transaction frame, no authentication, no validation, no policy.',
    '',
    measuredOn(),
    '',
    '| Id | Measure | Postern | Against | Ratio | Range of pairs | Goal |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ];
}

async function begin(): Promise<void> {
  const options = { quick: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ args: process.argv.slice(2), options, allowPositionals: true });
  const [what, ...order] = positionals;
  const extent = values.quick === true ? quick : wholeExtent;
  if (what === undefined) return main(extent);
  if (what !== 'cloud')
    throw new Error(`there is no bench called ${what}: say cloud, or nothing (npm run bench -- --help)`);
  return benchCloud(order, extent);
}

endOnUncaught('bench');
begin().then(
  () => endWith(0),
  (error: unknown) => fail(`bench: ${error instanceof Error ? error.message : String(error)}`),
);
