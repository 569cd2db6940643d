import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startProcess, type ProcessName, type StartedProcess } from '../../support/started-process.js';

const file = path.resolve(import.meta.dirname, '..', '..', 'support', 'uncaught-points.mjs');
const start = (name: ProcessName) =>
  startProcess(name, { NODE_OPTIONS: `--import=${pathToFileURL(file).href}` });

/** The lines in which a process says why it ends. */
const lastWords = (process: StartedProcess): readonly unknown[] =>
  process
    .output()
    .split('\n')
    .filter((line) => line.includes('ECANARY'))
    .map((line) => JSON.parse(line) as unknown);

describe('a failure that nothing caught', () => {
  let process: StartedProcess;
  afterEach(() => process.close());

  it.each<[kind: string, name: ProcessName, signal: NodeJS.Signals]>([
    ['unhandledRejection', 'api', 'SIGUSR2'],
    ['uncaughtException', 'api', 'SIGPIPE'],
    ['unhandledRejection', 'worker', 'SIGUSR2'],
    ['uncaughtException', 'worker', 'SIGPIPE'],
    ['unhandledRejection', 'emulator', 'SIGUSR2'],
    ['uncaughtException', 'emulator', 'SIGPIPE'],
  ])('(%s) has the %s say which, drain, and end with 70', async (kind, name, signal) => {
    process = await start(name);
    process.child.kill(signal);
    expect(await process.closed).toEqual([70, null]);
    expect(lastWords(process)).toEqual([
      expect.objectContaining({ process: name, kind, error: 'Error', code: 'ECANARY' }),
    ]);
    expect(process.output()).toContain('uncaught-points.mjs');
    expect(process.output()).not.toMatch(/canary\.example|sig=|canary\.js/);
    if (name !== 'emulator') expect(process.output()).toContain('draining');
  });

  it('after SIGTERM changes the exit code, and the process drains once', async () => {
    process = await start('api');
    process.child.kill('SIGTERM');
    process.child.kill('SIGUSR2');
    expect(await process.closed).toEqual([70, null]);
    expect(lastWords(process)).toHaveLength(1);
    expect(process.output().match(/draining/g)).toHaveLength(1);
  });
});
