import { startEmulator, type RunningEmulator } from './emulator.js';
import { CloudClient } from './support/cloud-client.js';

let emulator: RunningEmulator;
let cloud: CloudClient;
beforeEach(async () => {
  emulator = await startEmulator();
  cloud = new CloudClient(emulator.url);
  await cloud.createSubscription({ tags: { owner: 'mail' } });
});
afterEach(() => emulator.stop());

const tags = (method: string, body?: unknown) =>
  cloud.arm(method, `${cloud.path}/providers/Microsoft.Resources/tags/default`, { body });
const shown = async () => ((await cloud.arm('GET', cloud.path)).body as { readonly tags: unknown }).tags;
const some = (given: unknown) => ({ properties: { tags: given } });

describe('the tags of a subscription', () => {
  it('are replaced by PUT, and shown on the subscription itself', async () => {
    const answer = await tags('PUT', some({ 'postern-control-1': 'value' }));
    expect(answer).toMatchObject({
      status: 200,
      body: { name: 'default', properties: { tags: { 'postern-control-1': 'value' } } },
    });
    expect(await shown()).toEqual({ 'postern-control-1': 'value' });
  });

  it('are merged, replaced and deleted by PATCH, with names that are the same in any case', async () => {
    await tags('PATCH', { operation: 'Merge', ...some({ OWNER: 'shop', cost: '7' }) });
    expect(await shown()).toEqual({ OWNER: 'shop', cost: '7' });
    await tags('PATCH', { operation: 'Delete', ...some({ Cost: '' }) });
    expect(await shown()).toEqual({ OWNER: 'shop' });
    await tags('PATCH', { operation: 'Replace', ...some({ only: '1' }) });
    expect((await tags('GET')).body).toMatchObject(some({ only: '1' }));
    expect((await tags('DELETE')).status).toBe(200);
    expect(await shown()).toEqual({});
  });

  it.each([
    ['no tags', {}],
    ['a name that the cloud does not take', some({ 'a/b': '1' })],
    ['a value that is no text', some({ a: 1 })],
    ['a value too long', some({ a: 'x'.repeat(257) })],
    ['51 of them', some(Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`t${at}`, ''])))],
  ])('are refused: %s', async (_what, body) => {
    expect((await tags('PUT', body)).status).toBe(400);
    expect(await shown()).toEqual({ owner: 'mail' });
  });
});
