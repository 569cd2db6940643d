import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { developmentToken, type Persona } from '../../../launch/development-token.js';
import { HttpClient } from '../../support/http-client.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres-database.js';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'postern-issuer-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const run = (script: string, args: readonly string[], env: Readonly<Record<string, string>>) =>
  spawn(process.execPath, [path.join(root, 'dist', script), ...args], {
    cwd: dataDir,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env['PATH'], POSTERN_DATA_DIR: dataDir, ...env },
  });

/** Everything that production needs to be told. */
const production = (): Readonly<Record<string, string>> => ({
  NODE_ENV: 'production',
  PORT: '0',
  LOG_LEVEL: 'silent',
  DATABASE_APP_URL: database.appUrl,
  POSTERN_SECRET: 's'.repeat(40),
  AUDIT_SIGNING_KEY: generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'der' })
    .toString('base64'),
  AUDIT_ORIGIN: 'postern.example/audit',
  ARM_ENDPOINT: 'https://127.0.0.1:9',
  ARM_CREDENTIAL: 'static',
  ARM_TOKEN: 'nobody-listens',
  GATE_URL: 'https://127.0.0.1:9',
  GATE_SECRET: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
});

async function ended(child: ChildProcess): Promise<{ code: unknown; output: string; errors: string }> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the child has no output');
  const [[code], output, errors] = await Promise.all([once(child, 'exit'), text(stdout), text(stderr)]);
  return { code, output, errors };
}

describe('the development issuer', () => {
  it('is nobody to a process in production, whatever key lies in its data directory', async () => {
    const personas: readonly Persona[] = ['operator', 'approver', 'ingest', 'customer'];
    const tokens = await Promise.all(personas.map((persona) => developmentToken(persona, { dataDir })));
    expect(readdirSync(dataDir)).toContain('dev-key.json');
    const child = run('src/main.js', [], production());
    const exited = once(child, 'exit');
    child.stdout?.resume();
    const errors = text(child.stderr as NodeJS.ReadableStream);
    try {
      const said = once(child, 'message') as Promise<[{ readonly url: string }]>;
      const [{ url }] = await Promise.race([
        said,
        exited.then(async () => Promise.reject(new Error(await errors))),
      ]);
      for (const token of tokens)
        for (const route of ['/v1/subscriptions', '/v1/admin/exemption-requests']) {
          const { status, body } = await new HttpClient(url, token).get(route);
          expect([status, body.code]).toEqual([401, 'token-invalid']);
        }
    } finally {
      child.kill('SIGTERM');
      await exited;
    }
  });

  it.each(['Production', 'prod'])(
    'cannot be had by spelling it otherwise: a process that is told %j does not start, and no token is made',
    async (spelt) => {
      const api = await ended(run('src/main.js', [], { ...production(), NODE_ENV: spelt }));
      expect(api.code).toBe(1);
      expect(api.errors).toContain('NODE_ENV');
      const command = await ended(run('launch/token.js', ['operator'], { NODE_ENV: spelt }));
      expect([command.code, command.output]).toEqual([1, '']);
    },
  );

  it('gives no token and makes no key where NODE_ENV is production, and says where to get one', async () => {
    const { code, output, errors } = await ended(
      run('launch/token.js', ['operator'], { NODE_ENV: 'production' }),
    );
    expect([code, output]).toEqual([1, '']);
    expect(errors).toContain('docs/identity.md');
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it.each(['', 'development', 'test'])('gives one where it is %j', async (NODE_ENV) => {
    const { code, output } = await ended(run('launch/token.js', ['operator'], { NODE_ENV }));
    expect(code).toBe(0);
    expect(output).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  });
});
