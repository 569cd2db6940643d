import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { startGridWorld, type GridWorld } from '../support/grid-world.js';

const tenantId = '00000000-0000-4000-8000-000000000001';

let world: GridWorld;
let cloud: GridWorld['cloud'];
let endpoint: GridWorld['endpoint'];
let subscribe: GridWorld['subscribe'];
let state: GridWorld['state'];
let deallocate: GridWorld['deallocate'];
beforeEach(async () => {
  world = await startGridWorld();
  ({ cloud, endpoint, subscribe, state, deallocate } = world);
});
afterEach(() => world.stop());

describe('an endpoint knows its sender', () => {
  const bearer = () => endpoint.deliveries()[0]?.headers.authorization?.replace('Bearer ', '') ?? '';
  const keys = async () =>
    createLocalJWKSet(
      (await cloud.control('GET', `/entra/${tenantId}/discovery/v2.0/keys`)).body as JSONWebKeySet,
    );

  it('by the secret in its address and by a header, of which the switchboard shows the name only', async () => {
    await subscribe({ secretHeader: { name: 'x-shared', value: 'hush-hush' } });
    await deallocate();
    expect(endpoint.deliveries()[0]).toMatchObject({
      url: '/events?code=secret',
      headers: { 'x-shared': 'hush-hush' },
    });
    expect(JSON.stringify(await state())).not.toMatch(/hush-hush|code=secret/);
  });

  it.each([
    ['2.0', `https://login.microsoftonline.com/${tenantId}/v2.0`, 'azp'],
    ['1.0', `https://sts.windows.net/${tenantId}/`, 'appid'],
  ])(
    'by a token of version %s of Event Grid itself, at the handshake too',
    async (version, issuer, client) => {
      await subscribe({ entra: { tenantId, audience: 'api://mail', version } });
      await deallocate();
      expect(endpoint.seen.map(({ headers }) => headers.authorization?.slice(0, 7))).toEqual([
        'Bearer ',
        'Bearer ',
      ]);
      const verified = await jwtVerify(bearer(), await keys(), { issuer, audience: 'api://mail' });
      expect(verified.protectedHeader.alg).toBe('RS256');
      expect(verified.payload).toMatchObject({
        [client]: '4962773b-9cdb-44cf-a8bf-237846a00ab7',
        tid: tenantId,
        roles: ['AzureEventGridSecureWebhookSubscriber'],
        ver: version,
      });
    },
  );

  it('by keys that are rotated, while the old ones are still served', async () => {
    const order = { tenantId, audience: 'mail', claims: { azp: 'somebody-else' } };
    const ask = async () =>
      ((await cloud.control('POST', '/entra/token', order)).body as { token: string }).token;
    const before = await ask();
    await cloud.control('POST', '/entra/rotate');
    const after = await ask();
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
    for (const token of [before, after])
      expect((await jwtVerify(token, await keys())).payload.azp).toBe('somebody-else');
  });
});
