import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { developmentToken, type Persona, type TokenOptions } from '../../launch/development-token.js';
import { registerTenants } from './registry.js';
import { ApiModule } from '../../src/api.module.js';
import { readConfiguration } from '../../src/config/configuration.js';
import { ApiMetrics } from '../../src/http/api-metrics.js';
import { createApi } from '../../src/http/create-api.js';
import { EventStreams } from '../../src/http/event-streams.js';
import { HttpClient } from './http-client.js';
import { createTestDatabase, type TestDatabase } from './postgres-database.js';

/** A real API on a database of the test's own; nothing queued is carried out. */
export interface TestApi {
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  /** Lets nobody into the database and cuts who is in it; gives the way back. */
  cutOffStore(): Promise<() => Promise<void>>;
  readonly url: string;
  /** What the API measures of itself, as the port of its metrics serves it. */
  metrics(): Promise<string>;
  /** A client that speaks with one persona's development token. */
  as(persona: Persona, differs?: Partial<TokenOptions>): Promise<HttpClient>;
  /** A client without any token. */
  readonly nobody: HttpClient;
  close(): Promise<void>;
}

/** Starts the API; the tenants of the personas are registered, with a relationship between partner and customer. */
export async function startTestApi(
  env: Readonly<Record<string, string>> = {},
  controllers: readonly Type[] = [],
): Promise<TestApi> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'postern-api-'));
  const configuration = readConfiguration({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_APP_URL: database.appUrl,
    POSTERN_DATA_DIR: dataDir,
    ARM_ENDPOINT: 'http://127.0.0.1:9',
    ARM_CREDENTIAL: 'static',
    ARM_TOKEN: 'nobody-listens',
    GATE_ADAPTER: 'emulator',
    FILINGS_A_DAY_SUBSCRIPTION: '0',
    FILINGS_A_DAY_TENANT: '0',
    ...env,
  });
  const app = await createApi(
    withControllers(ApiModule.with(configuration), controllers),
    configuration.http,
  );
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const as: TestApi['as'] = async (persona, differs = {}) =>
    new HttpClient(url, await developmentToken(persona, { dataDir, ...differs }));
  await registerTenants(await as('operator'));
  const close = async () => {
    app.get(EventStreams).closeAll();
    await app.close();
    await database.drop();
    rmSync(dataDir, { recursive: true });
  };
  return {
    app,
    database,
    cutOffStore: () => cutOff(database),
    url,
    metrics: () => app.get(ApiMetrics).exposition(),
    as,
    nobody: new HttpClient(url, null),
    close,
  };
}

/** The API with controllers of a test's own beside its own. */
function withControllers(module: DynamicModule, more: readonly Type[]): DynamicModule {
  return { ...module, controllers: [...(module.controllers ?? []), ...more] };
}

async function cutOff({ name, ownerUrl }: TestDatabase): Promise<() => Promise<void>> {
  const elsewhere = new URL(ownerUrl);
  elsewhere.pathname = '/postgres';
  const asOwner = async (...statements: readonly string[]) => {
    const owner = new pg.Client({ connectionString: elsewhere.href });
    await owner.connect();
    try {
      for (const statement of statements) await owner.query(statement);
    } finally {
      await owner.end();
    }
  };
  await asOwner(
    `ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
  );
  return () => asOwner(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS true`);
}
