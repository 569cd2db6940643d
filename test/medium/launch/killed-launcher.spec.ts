import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../../launch/free-port.js';
import { until } from '../../../launch/postgres-orphan.js';
import { isAlive } from '../../../launch/process-table.js';

const supervisor = path.resolve(import.meta.dirname, '..', '..', '..', 'dist', 'launch', 'supervisor.js');

/** A child that serves, and ends as API, worker and emulator do when its launcher is gone. */
const childProgram = `
import { createServer } from 'node:http';
createServer((request, response) => response.end('here')).listen(Number(process.env.PORT), '127.0.0.1', () => process.send('here'));
process.on('disconnect', () => process.exit(0));
`;
const launcherProgram = `
import { pathToFileURL } from 'node:url';
const [supervisor, processes, script, port] = process.argv.slice(2);
const { Supervisor } = await import(pathToFileURL(supervisor).href);
const plan = { name: 'child', script, env: { PORT: port }, url: 'http://127.0.0.1:' + port, readyPath: '/' };
await new Supervisor(processes).start(plan);
process.send('ready');
`;

it('a launcher that is killed leaves no child behind', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'postern-launcher-'));
  const files = ['child.mjs', 'launcher.mjs', 'processes.json'].map((name) => path.join(directory, name));
  const [child = '', script = '', processes = ''] = files;
  writeFileSync(child, childProgram);
  writeFileSync(script, launcherProgram);
  const args = [script, supervisor, processes, child, String(await freePort())];
  const launcher = spawn(process.execPath, args, { stdio: ['ignore', 2, 2, 'ipc'] });
  await once(launcher, 'message');
  const { pid } = (JSON.parse(readFileSync(processes, 'utf8')) as { child: { pid: number } }).child;
  expect(isAlive(pid)).toBe(true);
  const exited = once(launcher, 'exit');
  launcher.kill('SIGKILL');
  await exited;
  const isGone = await until(() => !isAlive(pid), 10);
  if (!isGone) process.kill(pid, 'SIGKILL');
  expect(isGone).toBe(true);
  rmSync(directory, { recursive: true });
});
