import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { errors, type JWK } from 'jose';
import { makeSigner, type Signer } from './entra-tokens.examples.js';
import { startKeyServer, type KeyServer } from './key-server.examples.js';
import { SigningKeys } from './signing-keys.js';
import { KeysUnavailable, type KeyTimes } from './tenant-keys.js';
import { partnerTenant, tenant } from './verifier.examples.js';

let old: Signer;
let fresh: Signer;
let server: KeyServer;
/** Set forward by tests; it only counts how long ago something was. */
let clockMs: number;

beforeAll(async () => {
  [old, fresh] = await Promise.all([makeSigner('old'), makeSigner('fresh')]);
});
beforeEach(async () => {
  clockMs = 1_000_000;
  server = await startKeyServer([old.publicJwk]);
});
afterEach(() => server.close());

const nothing = { payload: '', signature: '' };
const json = { 'content-type': 'application/json' };

function signingKeys(times: Partial<KeyTimes> = {}, keptAtMost = 100): SigningKeys {
  return new SigningKeys({
    keysTemplate: server.template,
    developmentDir: null,
    keptAtMost,
    times: { now: () => clockMs, ...times },
  });
}

/** `found`, `unknown` or `unavailable`. */
async function look(keys: SigningKeys, kid: string, tenantId = tenant): Promise<string> {
  try {
    await keys.forTenant(tenantId)({ alg: 'RS256', kid }, nothing);
    return 'found';
  } catch (error) {
    if (error instanceof KeysUnavailable) return 'unavailable';
    if (error instanceof errors.JWKSNoMatchingKey) return 'unknown';
    throw error;
  }
}

describe('keys that are rotated (F19)', () => {
  it('are known at once after one fetch, beside the old ones, until those are withdrawn', async () => {
    const keys = signingKeys();
    expect(await look(keys, 'old')).toBe('found');
    server.serve([old.publicJwk, fresh.publicJwk]);
    clockMs += 30_000;
    expect(await look(keys, 'fresh')).toBe('found');
    expect(await look(keys, 'old')).toBe('found');
    expect(server.asked()).toBe(2);
    server.serve([fresh.publicJwk]);
    expect(await look(keys, 'old')).toBe('found');
    clockMs += 3_600_000;
    expect(await look(keys, 'old')).toBe('unknown');
    expect(await look(keys, 'fresh')).toBe('found');
    expect(server.asked()).toBe(3);
  });

  it('cost one fetch a cool-down, whatever 10,000 unknown ids say', async () => {
    const keys = signingKeys();
    const flood = async (from: string) =>
      new Set(
        await Promise.all(
          Array.from({ length: 10_000 }, (_, index) => look(keys, `${from}${String(index)}`)),
        ),
      );
    expect(await flood('a')).toEqual(new Set(['unknown']));
    expect(server.asked()).toBe(1);
    expect(await flood('b')).toEqual(new Set(['unknown']));
    expect(server.asked()).toBe(1);
    clockMs += 30_000;
    expect(await flood('c')).toEqual(new Set(['unknown']));
    expect(server.asked()).toBe(2);
    expect(await look(keys, 'old')).toBe('found');
  });
});

describe('a key server that is away (F19)', () => {
  it('harms nobody whose key is known; of an unknown key nobody can say anything', async () => {
    const keys = signingKeys();
    expect(await look(keys, 'old')).toBe('found');
    server.serve(null);
    clockMs += 30_000;
    for (let again = 0; again < 5; again += 1) {
      expect(await look(keys, 'fresh')).toBe('unavailable');
      expect(await look(keys, 'old')).toBe('found');
    }
    expect(server.asked()).toBe(2);
    clockMs += 3_600_000 * 24 * 30; // a month
    expect(await look(keys, 'old')).toBe('found');
    server.serve([fresh.publicJwk]);
    clockMs += 30_000;
    expect(await look(keys, 'fresh')).toBe('found');
    expect(await look(keys, 'old')).toBe('unknown');
  });

  it('from the beginning is asked every two seconds, and makes nobody a liar', async () => {
    server.serve(null);
    const keys = signingKeys();
    for (let again = 0; again < 5; again += 1) expect(await look(keys, 'old')).toBe('unavailable');
    expect(server.asked()).toBe(1);
    clockMs += 2_000;
    server.serve([old.publicJwk]);
    expect(await look(keys, 'old')).toBe('found');
  });

  it('slow, is waited for by all at once, for a bounded time; other tenants go on meanwhile', async () => {
    const held: ServerResponse[] = [];
    server.answer((response) => held.push(response), tenant);
    const keys = signingKeys({ timeoutMs: 300 });
    const waiting = Promise.all(Array.from({ length: 100 }, () => look(keys, 'old')));
    expect(await look(keys, 'old', partnerTenant)).toBe('found');
    expect(new Set(await waiting)).toEqual(new Set(['unavailable']));
    expect(server.asked(tenant)).toBe(1);
    expect(held).toHaveLength(1);
  });

  it('and slow besides: nobody whose key is known waits for it', async () => {
    const keys = signingKeys({ timeoutMs: 60_000 });
    expect(await look(keys, 'old')).toBe('found');
    server.serve(null);
    clockMs += 3_600_000;
    expect(await look(keys, 'old')).toBe('found');
    clockMs += 30_000;
    const isAsked = new Promise<ServerResponse>((resolve) => server.answer(resolve));
    expect(await look(keys, 'old')).toBe('found');
    const held = await isAsked;
    expect(await look(keys, 'old')).toBe('found');
    const both = look(keys, 'fresh');
    held.writeHead(200, json).end(JSON.stringify({ keys: [fresh.publicJwk] }));
    expect(await both).toBe('found');
    expect(server.asked()).toBe(3);
  });
});

describe('an answer that is no key set is refused', () => {
  const elsewhere = (response: ServerResponse) =>
    response.writeHead(302, { location: '/elsewhere/keys' }).end();
  const page = (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
  const endless = (response: ServerResponse) => {
    response.writeHead(200, json);
    const write = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', write);
    write();
  };
  const bomb = (response: ServerResponse) =>
    response
      .writeHead(200, { ...json, 'content-encoding': 'gzip' })
      .end(gzipSync(JSON.stringify({ keys: [], filler: 'x'.repeat(20_000_000) })));
  const text = (body: string) => (response: ServerResponse) => response.writeHead(200, json).end(body);

  it.each<[what: string, answer: (response: ServerResponse) => void]>([
    ['a redirect', elsewhere],
    ['a page', page],
    ['a page that says that it is JSON', text('<html>Sign in</html>')],
    ['an answer without end', endless],
    ['20 MB in 20 kB', bomb],
    ['another document', text('{"issuer":"x"}')],
    ['keys that are no list', text('{"keys":{"length":1}}')],
    ['a thousand keys', text(JSON.stringify({ keys: Array.from({ length: 1_000 }, () => ({})) }))],
    ['half of one', text('{"keys":[')],
    ['nothing', text('')],
  ])('%s', async (_what, answer) => {
    const keys = signingKeys();
    server.answer((response) => answer(response), tenant);
    expect(await look(keys, 'old')).toBe('unavailable');
    // And it takes nothing away that was known.
    const warm = signingKeys();
    expect(await look(warm, 'old', partnerTenant)).toBe('found');
    server.answer((response) => answer(response), partnerTenant);
    clockMs += 3_600_000;
    expect(await look(warm, 'old', partnerTenant)).toBe('found');
    expect(server.asked('elsewhere')).toBe(0);
  });

  it.each<[what: string, differs: Partial<JWK>]>([
    ['of another kind', { kty: 'EC' }],
    ['for another use', { use: 'enc' }],
    ['for another algorithm', { alg: 'PS256' }],
    ['too short', { n: 'x'.repeat(171) }],
    ['so long that every look is slow', { n: 'x'.repeat(10_000) }],
    ['with the exponent 1, under which everybody signs', { e: 'AQ' }],
    ['whose private part is told', { d: 'x' }],
    ['without an id', { kid: undefined }],
  ])('a key %s is passed over; its neighbour is not', async (_what, differs) => {
    server.serve([{ ...old.publicJwk, ...differs }, fresh.publicJwk]);
    const keys = signingKeys();
    expect(await look(keys, 'fresh')).toBe('found');
    expect(await look(keys, 'old')).toBe('unknown');
  });

  it('an empty set is one: nobody gets in until there are keys again', async () => {
    server.serve([]);
    const keys = signingKeys();
    expect(await look(keys, 'old')).toBe('unknown');
  });
});

describe('the development key', () => {
  it('is found when it is made later, and when it is replaced; never in production', async () => {
    const developmentDir = mkdtempSync(path.join(tmpdir(), 'postern-keys-'));
    const ids = ['postern-development-1', 'postern-development-2'] as const;
    const lay = ({ publicJwk }: Signer, kid: string) =>
      writeFileSync(path.join(developmentDir, 'dev-key.json'), JSON.stringify({ ...publicJwk, kid }));
    try {
      const keys = new SigningKeys({ keysTemplate: server.template, developmentDir });
      expect(await look(keys, ids[0])).toBe('unknown');
      lay(old, ids[0]);
      expect(await look(keys, ids[0])).toBe('found');
      lay(fresh, ids[1]);
      expect(await look(keys, ids[1])).toBe('found');
      expect(keys.isDevelopments(ids[0])).toBe(true);
      const production = signingKeys();
      expect(production.isDevelopments(ids[1])).toBe(false);
      expect(await look(production, ids[1])).toBe('unknown');
      expect(server.asked()).toBe(0);
    } finally {
      rmSync(developmentDir, { recursive: true });
    }
  });
});

describe('memory', () => {
  it('holds so many key sets, and forgets the one that was used longest ago (I16)', async () => {
    const keys = signingKeys({}, 3);
    const id = (index: number) => `00000000-0000-4000-8000-00000000000${String(index)}`;
    for (const index of [0, 1, 2, 0, 3]) expect(await look(keys, 'old', id(index))).toBe('found');
    expect(server.asked()).toBe(4);
    for (const index of [0, 2, 3]) await look(keys, 'old', id(index));
    expect(server.asked()).toBe(4);
    await look(keys, 'old', id(1));
    expect(server.asked()).toBe(5);
  });
});
