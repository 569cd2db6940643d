import { Agent, get, type ServerResponse } from 'node:http';
import { until } from '../../../launch/demo/desk.js';
import { tenants } from '../../../launch/development-token.js';
import { makeSigner, signed, type Signer } from '../../../src/http/access/entra-tokens.examples.js';
import { startTestApi, type TestApi } from '../../support/api.js';
import { HttpClient } from '../../support/http-client.js';
import { startIdentities, type Identities } from '../../support/identities.js';

const mine = '/v1/subscriptions';
const { customer, partner } = tenants;
let next: Signer;
let identities: Identities;
let api: TestApi;

beforeAll(async () => {
  next = await makeSigner('next-key-of-customer');
});
beforeEach(async () => {
  identities = await startIdentities();
});
afterEach(async () => {
  await api.close();
  await identities.keyServer.close();
});

// How many refused sign-ins an address may have is another matter.
const start = async (env: Readonly<Record<string, string>> = {}) => {
  api = await startTestApi({ ...identities.env, RATE_LIMIT_ADDRESS: '0', ...env });
};
const call = (token: string) => new HttpClient(api.url, token).get(mine);
const statusOf = async (token: string) => (await call(token)).status;

describe('signing keys that are rotated while the API serves (F19)', () => {
  it('harm nobody: the old key’s tokens hold until it is withdrawn, the new key’s after one fetch', async () => {
    await start({ TOKEN_KEYS_COOLDOWN_SECONDS: '0.001' });
    const { keyServer, signers, claims, tokenOf } = identities;
    const old = await tokenOf('customer');
    const fresh = await signed(claims(customer), next);
    const forged = await signed(claims(customer), { ...next, keyId: 'nobodys' });
    expect([await statusOf(old), await statusOf(fresh)]).toEqual([200, 401]);
    keyServer.serve([signers.customer.publicJwk, next.publicJwk], customer);
    const before = keyServer.asked(customer);
    await until(
      'the new key to be known',
      () => statusOf(fresh),
      (status) => status === 200,
    );
    expect(keyServer.asked(customer)).toBe(before + 1);
    expect([await statusOf(old), await statusOf(fresh), keyServer.asked(customer)]).toEqual([
      200,
      200,
      before + 1,
    ]);
    keyServer.serve([next.publicJwk], customer);
    await until(
      'the old key to be forgotten',
      async () => [await statusOf(forged), await statusOf(old)],
      ([unknown, withdrawn]) => unknown === 401 && withdrawn === 401,
    );
    expect(await statusOf(fresh)).toBe(200);
  });

  it('of one tenant are no matter of another’s', async () => {
    await start({ TOKEN_KEYS_COOLDOWN_SECONDS: '0.001' });
    const { keyServer, claims, tokenOf } = identities;
    expect(await statusOf(await tokenOf('partner'))).toBe(200);
    keyServer.serve([next.publicJwk], customer);
    expect(await statusOf(await signed(claims(customer), next))).toBe(200);
    expect(await statusOf(await signed(claims(partner), next))).toBe(401);
    expect(await statusOf(await tokenOf('partner'))).toBe(200);
  });
});

describe('10,000 unknown key ids (F19)', () => {
  it('cost one fetch a cool-down, and whoever has a known key is served meanwhile', async () => {
    await start({ TOKEN_KEYS_COOLDOWN_SECONDS: '300' }); // longer than the flood, on however slow a machine
    const { keyServer, tokenOf } = identities;
    const token = await tokenOf('customer');
    expect(await statusOf(token)).toBe(200);
    const [, payload = '', signature = ''] = token.split('.');
    const statuses = new Map<number, number>();
    const send = async (index: number) => {
      const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid: `k${String(index)}` }));
      const status = await sent(`Bearer ${head.toString('base64url')}.${payload}.${signature}`);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    };
    for (let from = 0; from < 10_000; from += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => send(from + index)));
      if (from % 1_000 === 0) expect(await statusOf(token)).toBe(200);
    }
    agent.destroy();
    expect(statuses).toEqual(new Map([[401, 10_000]]));
    expect(keyServer.asked(customer)).toBe(1);
  }, 150_000);

  // Without a client's comforts, of which 10,000 calls would take most of the time.
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const sent = (authorization: string) =>
    new Promise<number>((resolve, reject) => {
      get(`${api.url}${mine}`, { agent, headers: { authorization } }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      }).on('error', reject);
    });
});

describe('a key server that is down or slow (F19)', () => {
  it('down: cached keys go on; a tenant whose keys were never fetched is told when to try again', async () => {
    await start({ TOKEN_KEYS_COOLDOWN_SECONDS: '0.001' });
    const { keyServer, claims, tokenOf } = identities;
    const known = await tokenOf('customer');
    expect(await statusOf(known)).toBe(200);
    keyServer.serve(null, customer);
    keyServer.serve(null, partner);
    expect((await call(await signed(claims(customer), next))).body.code).toBe('keys-unavailable');
    expect(await statusOf(known)).toBe(200);
    const cold = await call(await tokenOf('partner'));
    expect([cold.status, cold.body.code, cold.headers.get('retry-after')]).toEqual([
      503,
      'keys-unavailable',
      '2',
    ]);
    keyServer.serve([identities.signers.partner.publicJwk], partner);
    const again = await tokenOf('partner');
    await until(
      'the partner to be let in',
      () => statusOf(again),
      (status) => status === 200,
    );
  });

  it('slow: one fetch for all who wait; other tenants do not notice', async () => {
    await start();
    const { keyServer, signers, tokenOf } = identities;
    const held: ServerResponse[] = [];
    keyServer.answer((response) => held.push(response), partner);
    const token = await tokenOf('partner');
    const waiting = Promise.all(Array.from({ length: 30 }, () => statusOf(token)));
    await until(
      'the key server to be asked',
      async () => held.length,
      (count) => count > 0,
    );
    for (let again = 0; again < 10; again += 1) expect(await statusOf(await tokenOf('customer'))).toBe(200);
    expect(held).toHaveLength(1);
    const keys = JSON.stringify({ keys: [signers.partner.publicJwk] });
    held[0]?.writeHead(200, { 'content-type': 'application/json' }).end(keys);
    expect(new Set(await waiting)).toEqual(new Set([200]));
    expect(keyServer.asked(partner)).toBe(1);
  });
});
