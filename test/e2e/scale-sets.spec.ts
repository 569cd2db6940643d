import { until, type Json } from '../../launch/demo/desk.js';
import {
  aSubscription,
  decide,
  exemptionState,
  granted,
  machineRows,
  registerDevelopmentTenants,
} from '../support/filing.js';
import { startPostern, type Postern } from '../support/postern.js';

const patienceMs = 240_000;
const managed = { mode: 'managed', window: null, maxUnavailable: 2, canary: true };
const later = { startsAt: '2090-01-01T00:00:00Z', endsAt: '2090-01-02T00:00:00Z' };
const waits = { ...managed, window: later };

let postern: Postern;
let stories: Readonly<Record<'cycled' | 'resized' | 'remade', Promise<Told>>>;
beforeAll(async () => {
  postern = await startPostern();
  await registerDevelopmentTenants(postern);
  // Each on a subscription of its own, all at once.
  stories = { cycled: cycled(), resized: resized(), remade: remade() };
  await Promise.allSettled(Object.values(stories));
});
afterAll(() => postern.stop());

/** What a story leaves behind when its exemption is effective. */
interface Told {
  readonly subscriptionId: string;
  readonly exemptionId: string;
  readonly page: Json;
  readonly rows: readonly Json[];
  readonly wire: readonly string[];
  readonly calls: readonly string[];
}

const setPath = (subscriptionId: string, name: string) =>
  `/subscriptions/${subscriptionId}/resourceGroups/mail/providers/Microsoft.Compute/virtualMachineScaleSets/${name}`;

async function putSet(subscriptionId: string, name: string, capacity: number, orchestrationMode = 'Uniform') {
  const body = { location: 'westeurope', sku: { capacity }, properties: { orchestrationMode } };
  const path = `${setPath(subscriptionId, name)}?api-version=2025-04-01`;
  expect((await postern.control('PUT', path, { token: 'any', body })).status).toBeLessThan(300);
}

/** Power operations that were taken, as `verb place`: the place of an instance has its set and its number. */
async function callsOf(subscriptionId: string): Promise<readonly string[]> {
  const { body } = await postern.control('GET', '/_control/calls');
  return body.at('calls').items.flatMap((call) => {
    const path = call.at('path').text;
    const isOrder = call.at('method').text === 'POST' && call.at('status').value === 202;
    if (!isOrder || !path.includes(subscriptionId)) return [];
    const parts = (path.split('/Microsoft.Compute/')[1] ?? '').split('/');
    return [`${parts.at(-1) ?? ''} ${parts.slice(1, -1).join('/')}`];
  });
}

async function told(subscriptionId: string, exemptionId: string): Promise<Told> {
  return {
    subscriptionId,
    exemptionId,
    page: await exemptionState(postern, exemptionId, 'effective', patienceMs),
    rows: await machineRows(postern, exemptionId),
    wire: [...(await postern.cloud.wire(subscriptionId))].map((one) => one.join(' ')),
    calls: await callsOf(subscriptionId),
  };
}

const saidOf = (rows: readonly Json[]) =>
  rows.map((row) => `${row.at('name').text} ${row.at('state').text} ${String(row.at('exempt').value)}`);
const whenRows = (exemptionId: string, what: string, are: (rows: readonly string[]) => boolean) =>
  until(what, async () => saidOf(await machineRows(postern, exemptionId)), are, patienceMs);

/** A uniform set of three, a flexible one of two, and a machine of no set. */
async function cycled(): Promise<Told> {
  const subscriptionId = await aSubscription(postern, { machines: ['mx1'] });
  await putSet(subscriptionId, 'farm', 3);
  await putSet(subscriptionId, 'flex', 2, 'Flexible');
  return told(subscriptionId, await granted(postern, subscriptionId, managed));
}

/** The set shrinks while its plan waits for its window, and grows; then the plan goes on. */
async function resized(): Promise<Told> {
  const subscriptionId = await aSubscription(postern);
  await putSet(subscriptionId, 'farm', 3);
  const exemptionId = await granted(postern, subscriptionId, waits);
  await whenRows(
    exemptionId,
    'three to wait',
    (rows) => rows.filter((row) => /waiting/.test(row)).length === 3,
  );
  await putSet(subscriptionId, 'farm', 2);
  await whenRows(exemptionId, 'one to be gone', (rows) => rows.includes('farm_2 gone false'));
  await putSet(subscriptionId, 'farm', 3);
  await whenRows(exemptionId, 'another one to be seen', (rows) => rows.includes('farm_3 created-after true'));
  const plan = await postern.call('customer', 'PUT', `/v1/exemptions/${exemptionId}/restart-plan`, {
    body: managed,
  });
  expect(plan.status).toBe(200);
  return told(subscriptionId, exemptionId);
}

/** The set is deleted while its plan waits, and made again under its name, with the same numbers. */
async function remade(): Promise<Told> {
  const subscriptionId = await aSubscription(postern);
  await putSet(subscriptionId, 'farm', 1);
  const exemptionId = await granted(postern, subscriptionId, waits);
  await whenRows(exemptionId, 'it to wait', (rows) => rows.includes('farm_0 waiting false'));
  const path = `${setPath(subscriptionId, 'farm')}?api-version=2025-04-01`;
  expect((await postern.control('DELETE', path, { token: 'any' })).status).toBe(200);
  await putSet(subscriptionId, 'farm', 1);
  // Absent holds nothing up while the right is enabled: it may be effective before the old one is gone.
  await whenRows(exemptionId, 'the old one to be gone', (rows) => rows.includes('farm_0 gone false'));
  return told(subscriptionId, exemptionId);
}

describe('scale sets under an exemption', () => {
  it('have each of their machines cycled once: instances one by one, members of flexible sets as machines (I6, I8)', async () => {
    const { subscriptionId, page, rows, wire, calls } = await stories.cycled;
    const flexible = wire.flatMap((row) => /^flex_\w+/.exec(row) ?? []);
    const names = ['farm_0', 'farm_1', 'farm_2', ...flexible, 'mx1'];
    expect(names).toHaveLength(6);
    expect(page.at('progress', 'total').value).toBe(6);
    expect(saidOf(rows).toSorted()).toEqual(names.map((name) => `${name} restarted true`).toSorted());
    expect(wire.toSorted()).toEqual(names.map((name) => `${name} open`).toSorted());
    const places = [...['0', '1', '2'].map((one) => `farm/virtualMachines/${one}`), ...flexible, 'mx1'];
    const once = places.flatMap((place) => [`deallocate ${place}`, `start ${place}`]);
    expect(calls.toSorted()).toEqual(once.toSorted());
    const instance = rows.find((row) => row.at('name').text === 'farm_1');
    const place = `${setPath(subscriptionId, 'farm')}/virtualMachines/1`;
    expect(instance?.at('resourceId').text).toBe(place);
    expect(instance?.at('because').text).toContain('lost its host and took one again');
  });

  it('are closed again, every machine of them, when the right is revoked (I7)', async () => {
    const { subscriptionId, exemptionId } = await stories.cycled;
    const why = { reasonCode: 'terms-violated', internalReason: 'Was bad.' };
    const revoked = await decide(postern, 'approver', `/v1/admin/exemptions/${exemptionId}`, 'revoke', why);
    expect(revoked.status).toBe(202);
    await exemptionState(postern, exemptionId, 'revoked', patienceMs);
    expect([...new Set((await postern.cloud.wire(subscriptionId)).values())]).toEqual(['closed']);
    expect(await callsOf(subscriptionId)).toHaveLength(24);
  });

  it('may shrink and grow under their plan: who went is gone, who came is open from the start (F11)', async () => {
    const { rows, wire, calls } = await stories.resized;
    expect(saidOf(rows).toSorted()).toEqual([
      'farm_0 restarted true',
      'farm_1 restarted true',
      'farm_2 gone false',
      'farm_3 created-after true',
    ]);
    expect(wire).toEqual(['farm_0 open', 'farm_1 open', 'farm_3 open']);
    expect(calls).toHaveLength(4);
  });

  it('may be made anew under their name: the same number is another machine (F11)', async () => {
    const { rows, wire, calls } = await stories.remade;
    expect(saidOf(rows).toSorted()).toEqual(['farm_0 created-after true', 'farm_0 gone false']);
    expect(new Set(rows.map((row) => row.at('vmId').text)).size).toBe(2);
    expect(new Set(rows.map((row) => row.at('resourceId').text)).size).toBe(1);
    expect([wire, calls]).toEqual([['farm_0 open'], []]);
  });
});
