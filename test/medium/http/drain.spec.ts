import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { developmentToken, type Persona } from '../../../launch/development-token.js';
import { HttpClient } from '../../support/http-client.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres-database.js';
import { aRequest, registerSubscription, registerTenants } from '../../support/registry.js';

const script = path.resolve(import.meta.dirname, '..', '..', '..', 'dist', 'src', 'main.js');
let database: TestDatabase;
let dataDir: string;
let child: ChildProcess;

beforeEach(async () => {
  database = await createTestDatabase();
  dataDir = mkdtempSync(path.join(tmpdir(), 'postern-drain-'));
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await database.drop();
  rmSync(dataDir, { recursive: true });
});

function startProcess(appUrl: string): ChildProcess {
  return spawn(process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      PORT: '0',
      DATABASE_APP_URL: appUrl,
      POSTERN_DATA_DIR: dataDir,
      ARM_ENDPOINT: 'http://127.0.0.1:9',
      ARM_CREDENTIAL: 'static',
      ARM_TOKEN: 'nobody-listens',
      GATE_ADAPTER: 'emulator',
    },
  });
}

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return () => text;
}

describe('the process', () => {
  it('says where it is, serves, and on SIGTERM answers what it has begun before it ends (F5)', async () => {
    child = startProcess(database.appUrl);
    const output = textOf(child.stdout);
    const [where] = (await once(child, 'message')) as [{ readonly name: string; readonly url: string }];
    expect(where.name).toBe('api');
    const as = async (persona: Persona) =>
      new HttpClient(where.url, await developmentToken(persona, { dataDir }));
    const [operator, customer] = [await as('operator'), await as('customer')];
    await registerTenants(operator);
    const subscriptions = await Promise.all(Array.from({ length: 20 }, () => registerSubscription(operator)));
    const [first = '', ...others] = subscriptions;
    const { body } = await customer.post('/v1/exemption-requests', aRequest(first));
    const stream = await customer.events(`/v1/exemption-requests/${String(body.id)}/events`);
    await stream.next();

    const submits = others.map((id) => customer.post('/v1/exemption-requests', aRequest(id)));
    await Promise.race(submits);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    for (const answer of await Promise.all(submits)) expect(answer.status).toBe(201);
    while ((await stream.next()) !== null);
    expect(await exited).toEqual([0, null]);
    expect(output()).toContain(`${JSON.stringify(where)}\n`);
    // Logs name routes by their patterns: no ids, queries, bodies or tokens.
    expect(output()).not.toContain(String(body.id));
    expect(output()).not.toContain('ops@example.com');
    expect(output()).not.toContain('eyJ');
  });

  it('refuses to run with the rights of the database’s owner', async () => {
    child = startProcess(database.ownerUrl);
    const errors = textOf(child.stderr);
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(errors()).toMatch(/superuser|owner of the tables/);
    expect(errors()).not.toContain(database.ownerUrl);
  });
});
