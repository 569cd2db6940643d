import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../../launch/free-port.js';
import { until } from '../../../launch/postgres-orphan.js';
import { isAlive } from '../../../launch/process-table.js';
import { Supervisor, type ChildPlan } from '../../../launch/supervisor.js';

/** A child that serves, and writes a file when it is told to drain. */
const program = `
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
const server = createServer((request, response) => response.end('here')).listen(Number(process.env.PORT), '127.0.0.1', () => process.send('here'));
process.on('SIGTERM', () => { writeFileSync(process.env.DRAINED, 'yes'); server.closeAllConnections(); server.close(); process.disconnect(); });
`;

describe('the supervisor', () => {
  let directory = '';
  let supervisor: Supervisor;
  let plan: ChildPlan;
  let lost: Error | undefined;
  const processes = () => path.join(directory, 'processes.json');
  const pid = () => (JSON.parse(readFileSync(processes(), 'utf8')) as { child: { pid: number } }).child.pid;

  beforeEach(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'postern-supervisor-'));
    const script = path.join(directory, 'child.mjs');
    writeFileSync(script, program);
    lost = undefined;
    supervisor = new Supervisor(processes(), (error) => (lost = error));
    const port = await freePort();
    const env = { PORT: String(port), DRAINED: path.join(directory, 'drained') };
    plan = { name: 'child', script, env, url: `http://127.0.0.1:${port}`, readyPath: '/' };
  });
  afterEach(async () => {
    await supervisor.stop();
    rmSync(directory, { recursive: true });
  });

  it('writes down where a child is, and starts again one that was killed', async () => {
    await supervisor.start(plan);
    const first = pid();
    process.kill(first, 'SIGKILL');
    expect(await until(() => pid() !== first && isAlive(pid()), 10)).toBe(true);
    expect(JSON.parse(readFileSync(processes(), 'utf8'))).toEqual({ child: { pid: pid(), url: plan.url } });
  });

  it('lets the children drain when it stops, and leaves none behind', async () => {
    await supervisor.start(plan);
    const child = pid();
    await supervisor.stop();
    expect(isAlive(child)).toBe(false);
    expect(readFileSync(path.join(directory, 'drained'), 'utf8')).toBe('yes');
    expect(existsSync(processes())).toBe(false);
  });

  it('ends what a killed launcher left running, and nothing else that bears its process id', async () => {
    await supervisor.start(plan);
    const child = pid();
    const record = JSON.parse(readFileSync(processes(), 'utf8')) as Record<string, unknown>;
    writeFileSync(processes(), JSON.stringify({ ...record, other: { pid: process.pid, url: plan.url } }));
    // The first supervisor is told to stop at the same moment, or it would start its child again.
    await Promise.all([new Supervisor(processes()).stopOrphans([plan.script]), supervisor.stop()]);
    expect(isAlive(child)).toBe(false);
  });

  it('says why a child ended before it was ready, and does not start it again', async () => {
    writeFileSync(plan.script, `console.error('child: there is no such database'); process.exit(3);`);
    await expect(supervisor.start(plan)).rejects.toThrow(
      'child ended before it was ready (code 3: child: there is no such database)',
    );
  });

  it('takes nobody else’s answer for its child’s: a taken port is an error at once, which names it', async () => {
    const { port } = new URL(plan.url);
    const other = createServer((_request, response) => response.end('ready'));
    await once(other.listen(Number(port), '127.0.0.1'), 'listening');
    await expect(supervisor.start(plan)).rejects.toThrow(new RegExp(`EADDRINUSE.*127\\.0\\.0\\.1:${port}`));
    await once(other.close(), 'close');
  });

  it('gives up a child that ends again and again before it listens, and says so', async () => {
    await supervisor.start(plan);
    writeFileSync(plan.script, `throw new Error('nothing works any more');`);
    process.kill(pid(), 'SIGKILL');
    expect(await until(() => lost !== undefined, 170)).toBe(true);
    expect(lost?.message).toBe(
      'child ended 20 times before it listened (code 1: Error: nothing works any more)',
    );
  }, 180_000);
});
