import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { clientOf, queuePool } from '../../../src/adapters/postgres/connections.js';
import { createDataSource } from '../../../src/adapters/postgres/data-source.js';
import { translated } from '../../../src/adapters/postgres/database-errors.js';
import { HeardClient } from '../../../src/adapters/postgres/heard-client.js';
import { StoreUnavailable } from '../../../src/domain/ports/unit-of-work.js';

/** A message of the server: its letter, its length, what it says. */
function message(letter: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(letter), length, body]);
}

const authenticated = message('R', Buffer.alloc(4));
const ready = message('Z', Buffer.from('I'));
const ended = message(
  'E',
  Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
);

/** Where in the life of a session the server ends it, and all that it says until then, in one packet. */
const phases = {
  'before it says anything': [],
  'in the handshake': [authenticated, ended],
  'in the very packet in which it says that it is ready': [authenticated, ready, ended],
} as const;

describe.each(Object.entries(phases))('a session that the server ends %s (F25)', (_phase, packets) => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer((socket: Socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat(packets)));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `postgres://postern_app:word@127.0.0.1:${String((server.address() as AddressInfo).port)}/postern`;
  });
  afterAll(async () => {
    server.close();
    await once(server, 'close');
  });

  /** What an attempt ends with; an error that nobody heard would end the test's own process. */
  const outcome = async (attempt: Promise<unknown>): Promise<unknown> => {
    const error = await attempt.then(
      () => 'nothing',
      (reason: unknown) => translated(reason),
    );
    await new Promise((resolve) => setImmediate(resolve));
    return error;
  };

  it('makes the application’s first connection fail as "not now"', async () => {
    const opening = createDataSource({ url, poolSize: 2, name: 'test' }).initialize();
    expect(await outcome(opening)).toBeInstanceOf(StoreUnavailable);
  });

  it('makes a statement of the queue’s pool fail as "not now"', async () => {
    const pool = queuePool(url, 2);
    expect(await outcome(pool.query('SELECT 1'))).toBeInstanceOf(StoreUnavailable);
    const listening = pool.connect().then(async (client) => {
      await Promise.resolve(); // a queue that listens for jobs begins to listen for errors only then
      const failed = once(client, 'error');
      const [error] = (await failed) as [unknown];
      client.release(true);
      throw error;
    });
    expect(await outcome(listening)).toBeInstanceOf(StoreUnavailable);
    await pool.end();
  });

  it('makes a single client fail as "not now", and its end is none', async () => {
    const client = clientOf(url, 'test');
    const used = client.connect().then(() => client.query('SELECT 1'));
    expect(await outcome(used)).toBeInstanceOf(StoreUnavailable);
    client.removeAllListeners();
    await client.end();
  });
});

describe('a client of ours', () => {
  it('tells an error that nobody heard to whoever listens next, once', async () => {
    const client = new HeardClient({});
    const error = new Error('ended');
    expect(client.emit('error', error)).toBe(false);
    client.emit('error', new Error('again'));
    const heard: unknown[] = [];
    client.on('error', (told) => heard.push(told));
    expect(heard).toEqual([]);
    await new Promise((resolve) => process.nextTick(resolve));
    expect(heard).toEqual([error]);
    client.on('error', () => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual([error]);
  });

  it('is what pools make', () => {
    const pool = queuePool('postgres://nobody@127.0.0.1:9/none', 1);
    expect((pool as unknown as { readonly Client: unknown }).Client).toBe(HeardClient);
    expect(pool).toBeInstanceOf(pg.Pool);
  });
});
