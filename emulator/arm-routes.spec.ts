import { startEmulator, type RunningEmulator } from './emulator.js';
import { CloudClient, operationOf } from './support/cloud-client.js';

let emulator: RunningEmulator;
let cloud: CloudClient;
beforeEach(async () => {
  emulator = await startEmulator();
  cloud = new CloudClient(emulator.url);
  emulator.world.clock.set('2026-01-10T12:00:00.000Z');
  await cloud.createSubscription({ tags: { owner: 'mail' } });
});
afterEach(() => emulator.stop());

const refusal = (status: number, code: string) => ({ status, body: { error: { code, details: [] } } });

describe('Azure Resource Manager, as far as it is spoken', () => {
  it('wants a bearer token', async () => {
    const answer = await cloud.arm('GET', cloud.path, { token: null });
    expect(answer).toMatchObject(refusal(401, 'AuthenticationFailed'));
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('wants an api-version', async () => {
    const url = `${emulator.url}${cloud.path}`;
    expect(await cloud.arm('GET', url)).toMatchObject(refusal(400, 'MissingApiVersionParameter'));
    expect(await cloud.arm('GET', `${url}?api-version=new`)).toMatchObject(
      refusal(400, 'InvalidApiVersionParameter'),
    );
  });

  it('gives every answer its ids, refusals too, and echoes the client’s own', async () => {
    const headers = { 'x-ms-correlation-request-id': 'mine' };
    for (const path of [cloud.path, '/subscriptions/none', '/subscriptions/none/nothing/here']) {
      const answer = await cloud.arm('GET', path, { headers });
      expect(answer.headers.get('x-ms-correlation-request-id')).toBe('mine');
      expect(answer.headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('answers a subscription whole, and keeps what an update does not name', async () => {
    await cloud.arm('PUT', cloud.path, { body: { state: 'Warned' } });
    expect((await cloud.arm('GET', cloud.path)).body).toMatchObject({
      subscriptionId: cloud.subscription,
      displayName: 'Mail',
      state: 'Warned',
      subscriptionPolicies: { quotaId: 'PayAsYouGo_2014-09-01', spendingLimit: 'Off' },
      tags: { owner: 'mail' },
    });
  });

  it('says what is missing: the subscription, the group, or the machine', async () => {
    await cloud.create('mx');
    const other = cloud.list.replace(cloud.subscription, 'none');
    expect(await cloud.arm('GET', other)).toMatchObject(refusal(404, 'SubscriptionNotFound'));
    const elsewhere = cloud.vm('mx', 'elsewhere');
    expect(await cloud.arm('GET', elsewhere)).toMatchObject(refusal(404, 'ResourceGroupNotFound'));
    for (const path of [cloud.vm('none'), `${cloud.vm('none')}/instanceView`])
      expect(await cloud.arm('GET', path)).toMatchObject(refusal(404, 'ResourceNotFound'));
    expect(await cloud.power('none', 'start')).toMatchObject(refusal(404, 'ResourceNotFound'));
  });

  it('reads paths in any case, and answers ids as they were first written', async () => {
    const created = (await cloud.create('Mx1')).body as { id: string };
    const answer = await cloud.arm('GET', cloud.vm('mx1').toUpperCase());
    expect(answer).toMatchObject({ status: 200, body: { id: created.id, name: 'Mx1' } });
  });

  it('keeps a machine’s identity over an update, and answers what its creator sent', async () => {
    const given = { hardwareProfile: { vmSize: 'Standard_B2s' }, priority: 'Spot' };
    const created = await cloud.create('mx', given);
    const updated = await cloud.arm('PUT', cloud.vm('mx'), { body: { tags: { role: 'mail' } } });
    const { properties } = created.body as { properties: { vmId: string } };
    expect(created).toMatchObject({
      status: 201,
      body: { properties: { ...given, provisioningState: 'Succeeded' } },
    });
    expect(updated).toMatchObject({ status: 200, body: { tags: { role: 'mail' }, properties } });
  });

  it('gives a machine that is made again under its name another vmId (F11)', async () => {
    const first = await cloud.create('mx');
    expect((await cloud.arm('DELETE', cloud.vm('mx'))).status).toBe(202);
    await cloud.advance(1_500);
    expect(await cloud.arm('GET', `${cloud.vm('mx')}/instanceView`)).toMatchObject(
      refusal(404, 'ResourceNotFound'),
    );
    const second = await cloud.create('mx');
    expect(second.status).toBe(201);
    expect(second.body).not.toMatchObject({ properties: { vmId: vmIdOf(first.body) } });
  });

  it('takes a group’s machines away with it (F11)', async () => {
    await cloud.create('mx');
    expect((await cloud.arm('DELETE', `${cloud.path}/resourceGroups/RG`)).status).toBe(200);
    expect(await cloud.arm('GET', cloud.vm('mx'))).toMatchObject(refusal(404, 'ResourceGroupNotFound'));
    expect(await cloud.wire()).toEqual([]);
  });
});

function vmIdOf(body: unknown): string {
  return (body as { properties: { vmId: string } }).properties.vmId;
}

describe('power operations', () => {
  it('answer 202 with long signed URLs of the same origin and no Retry-After, and tell their end', async () => {
    await cloud.create('mx');
    const accepted = await cloud.power('mx', 'deallocate');
    const url = operationOf(accepted);
    expect(accepted).toMatchObject({ status: 202, body: undefined });
    expect([url.startsWith(`${emulator.url}/`), accepted.headers.has('retry-after')]).toEqual([true, false]);
    expect(Math.abs(url.length - 3_600)).toBeLessThan(400);
    expect((await cloud.arm('GET', url)).body).toMatchObject({
      status: 'InProgress',
      startTime: '2026-01-10T12:00:00.0000000+00:00',
    });
    const result = accepted.headers.get('location') ?? '';
    expect((await cloud.arm('GET', result)).status).toBe(202);
    await cloud.advance(1_500);
    expect((await cloud.arm('GET', url)).body).toMatchObject({
      status: 'Succeeded',
      endTime: '2026-01-10T12:00:01.5000000+00:00',
    });
    expect((await cloud.arm('GET', result)).status).toBe(200);
  });

  it('refuse an operation URL that was cut or belongs to another subscription', async () => {
    await cloud.create('mx');
    const url = operationOf(await cloud.power('mx', 'restart'));
    expect(await cloud.arm('GET', url.slice(0, 255))).toMatchObject(refusal(403, 'AuthorizationFailed'));
    const foreign = url.replace(cloud.subscription, '0e000000-0000-4000-8000-000000000009');
    expect((await cloud.arm('GET', foreign)).status).toBe(404);
  });

  it('refuse a second one while the first is under way, but not a delete', async () => {
    await cloud.create('mx');
    const first = operationOf(await cloud.power('mx', 'deallocate'));
    expect(await cloud.power('mx', 'start')).toMatchObject(refusal(409, 'Conflict'));
    expect((await cloud.arm('DELETE', cloud.vm('mx'))).status).toBe(202);
    expect((await cloud.arm('GET', first)).body).toMatchObject({
      status: 'Failed',
      error: { code: 'OperationPreempted' },
    });
  });

  it.each([
    ['deallocate', 'deallocated'],
    ['start', 'running'],
  ])('succeed at once where there is nothing to do: %s', async (action, state) => {
    await cloud.create('mx');
    await cloud.power('mx', action);
    await cloud.advance(1_500);
    const again = operationOf(await cloud.power('mx', action));
    expect((await cloud.arm('GET', again)).body).toMatchObject({ status: 'Succeeded' });
    expect((await cloud.wire())[0]).toContain(state);
  });

  it('tell power without a time, and provisioning with one', async () => {
    await cloud.create('mx');
    const { body } = await cloud.arm('GET', `${cloud.vm('mx')}/instanceView`);
    const { statuses } = body as { statuses: readonly Record<string, string>[] };
    expect(statuses.map(({ code, time }) => [code, time !== undefined])).toEqual([
      ['ProvisioningState/succeeded', true],
      ['PowerState/running', false],
    ]);
  });

  it('are refused to a disabled subscription, and a deallocate where the disk lives on the host', async () => {
    await cloud.create('local', { storageProfile: { osDisk: { diffDiskSettings: { option: 'Local' } } } });
    expect(await cloud.power('local', 'deallocate')).toMatchObject({
      status: 409,
      body: { error: { code: 'OperationNotAllowed', message: expect.stringContaining('ephemeral OS disk') } },
    });
    await cloud.arm('PUT', cloud.path, { body: { state: 'Disabled' } });
    expect(await cloud.power('local', 'restart')).toMatchObject(refusal(409, 'ReadOnlyDisabledSubscription'));
    expect(await cloud.wire()).toEqual(['local running closed']);
  });
});

describe('listings', () => {
  it('come in pages on the same origin, and deletions between them skip nobody', async () => {
    await cloud.control('PUT', '/page-size', { pageSize: 2 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await cloud.create(name);
    expect(await cloud.listAll()).toEqual({ names: ['a', 'b', 'c', 'd', 'e'], pages: 3 });
    const { body } = await cloud.arm('GET', cloud.list);
    await cloud.arm('DELETE', cloud.vm('a'));
    await cloud.advance(1_500);
    const { nextLink } = body as { nextLink: string };
    expect(nextLink.startsWith(`${emulator.url}/`)).toBe(true);
    expect((await cloud.arm('GET', nextLink)).body).toMatchObject({ value: [{ name: 'c' }, { name: 'd' }] });
    expect(await cloud.listAll()).toEqual({ names: ['b', 'c', 'd', 'e'], pages: 2 });
  });

  it('carry power states only where asked, and one group where asked', async () => {
    await cloud.create('mx');
    await cloud.arm('PUT', cloud.vm('web', 'other'), { body: {} });
    const whole = (await cloud.arm('GET', cloud.list)).body as { value: readonly object[] };
    expect(JSON.stringify(whole)).not.toContain('PowerState');
    const powers = await cloud.arm('GET', `${cloud.list}?statusOnly=true`);
    const statuses = [{ code: 'ProvisioningState/succeeded' }, { code: 'PowerState/running' }];
    expect(powers.body).toMatchObject({
      value: [{ name: 'mx', properties: { instanceView: { statuses } } }, {}],
    });
    const group = `${cloud.path}/resourceGroups/OTHER/providers/Microsoft.Compute/virtualMachines`;
    expect((await cloud.arm('GET', group)).body).toMatchObject({ value: [{ name: 'web' }] });
    expect(await cloud.arm('GET', group.replace('OTHER', 'none'))).toMatchObject(
      refusal(404, 'ResourceGroupNotFound'),
    );
  });
});

describe('throttling', () => {
  const left = ({ headers }: { headers: Headers }) => headers.get('x-ms-ratelimit-remaining-resource');

  it('empties a machine’s bucket, says when to come back, and refills by the clock (F9)', async () => {
    await cloud.create('mx');
    expect(left(await cloud.power('mx', 'deallocate'))).toBe(
      'Microsoft.Compute/DeallocateVM;11,Microsoft.Compute/DeallocateVMSubscription;1499',
    );
    for (let call = 0; call < 11; call += 1) await cloud.power('mx', 'deallocate');
    const refused = await cloud.power('mx', 'deallocate');
    expect(refused).toMatchObject(refusal(429, 'OperationNotAllowed'));
    expect([refused.headers.get('retry-after'), left(refused)?.includes('DeallocateVM;0')]).toEqual([
      '15',
      true,
    ]);
    await cloud.advance(15_000);
    expect((await cloud.power('mx', 'deallocate')).status).toBe(202);
  });

  it('keeps the buckets of other machines, of starts and of polls apart', async () => {
    await cloud.create('mx');
    await cloud.create('web');
    const begun = await cloud.power('mx', 'deallocate');
    expect(left(await cloud.power('web', 'deallocate'))).toContain('DeallocateVM;11,');
    expect(left(await cloud.arm('GET', operationOf(begun)))).toContain('GetOperation;44,');
    await cloud.advance(1_500);
    expect(left(await cloud.power('mx', 'start'))).toContain('StartVM;11,');
    expect(left(await cloud.arm('GET', cloud.list))).toBe('Microsoft.Compute/ListVMSubscription;899');
  });

  it('counts each region, and each group’s machine, for itself', async () => {
    await cloud.create('mx');
    await cloud.put(cloud.vm('north'), { location: 'northeurope' });
    await cloud.put(cloud.vm('mx', 'other'), { location: 'westeurope' });
    const policies = 'Microsoft.Compute/DeallocateVM;11,Microsoft.Compute/DeallocateVMSubscription;';
    expect(left(await cloud.power('mx', 'deallocate'))).toBe(`${policies}1499`);
    expect(left(await cloud.power('north', 'deallocate'))).toBe(`${policies}1499`);
    expect(left(await cloud.arm('POST', `${cloud.vm('mx', 'other')}/deallocate`))).toBe(`${policies}1498`);
  });
});
