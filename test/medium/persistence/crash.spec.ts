import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { prepareDatabase } from '../../../launch/database.js';
import { startPostgres, type EmbeddedPostgres } from '../../../launch/embedded-postgres.js';
import { invariants } from '../../../src/adapters/postgres/invariants/all-invariants.js';
import { StoreUnavailable } from '../../../src/domain/ports/unit-of-work.js';
import type { ExemptionRequest } from '../../../src/domain/request/request.js';
import { createStoreWorld, system, type StoreWorld } from './store-world.js';

let directory: string;
let server: EmbeddedPostgres;
let world: StoreWorld;
beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'postern-crash-'));
  chmodSync(directory, 0o711);
  server = await startPostgres({ dataDir: path.join(directory, 'data'), durable: false });
  const database = await prepareDatabase(server.ownerUrl);
  world = await createStoreWorld({ database: { ...database, drop: () => Promise.resolve() } });
});
afterAll(async () => {
  await world.close();
  await server.stop();
  rmSync(path.dirname(server.dataDir), { recursive: true, force: true });
  rmSync(directory, { recursive: true, force: true });
});

/** Submits one request after the other until the store cannot answer; what was answered, and why it ended. */
async function submitting(answered: ExemptionRequest[]): Promise<unknown> {
  for (;;) {
    try {
      answered.push(await world.submitted());
    } catch (error) {
      return error;
    }
  }
}

async function broken(): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: server.ownerUrl });
  await client.connect();
  try {
    const found: string[] = [];
    for (const { id, findBroken } of invariants) {
      for (const sentence of await findBroken(client)) found.push(`${id} ${sentence}`);
    }
    return found;
  } finally {
    await client.end();
  }
}

describe('a server that dies among submits', () => {
  it('loses none that was answered, leaves nothing half done, and is used again by itself (F6, I1, I3, I9)', async () => {
    const answered: ExemptionRequest[] = [];
    const submitters = Array.from({ length: 8 }, () => submitting(answered));
    while (answered.length < 40) await new Promise((resolve) => setImmediate(resolve));
    await server.crash();
    for (const error of await Promise.all(submitters)) expect(error).toBeInstanceOf(StoreUnavailable);
    await expect(world.submitted()).rejects.toBeInstanceOf(StoreUnavailable);

    server = await startPostgres({
      dataDir: path.join(directory, 'data'),
      durable: false,
      port: server.port,
    });
    const found = await world.unitOfWork.read(system, async (tx) => {
      const rows: (ExemptionRequest | null)[] = [];
      for (const { id } of answered)
        rows.push(await tx.requests.find({ kind: 'platform' }, id, world.clock.now()));
      return rows;
    });
    expect(found).toEqual(answered);
    expect(await broken()).toEqual([]);
    expect((await world.submitted()).state).toBe('checking');
  });
});
