import { until } from '../../launch/demo/desk.js';
import {
  aSubscription,
  decide,
  exemptionState,
  file,
  granted,
  machineRows,
  powerCalls,
  registerDevelopmentTenants,
  reviewed,
} from '../support/filing.js';
import { ownerOf } from '../support/owner.js';
import { startPostern, type Postern } from '../support/postern.js';
import { faultIn } from '../support/tracked.js';

let postern: Postern;
beforeAll(async () => {
  postern = await startPostern();
  await registerDevelopmentTenants(postern);
});
afterAll(() => postern.stop());
afterEach(async () => {
  await postern.control('DELETE', '/_control/faults');
});

const managed = { mode: 'managed', window: null, maxUnavailable: 1, canary: true };
/** Where it matters what is seen, and not in which order machines are stopped. */
const atOnce = { ...managed, maxUnavailable: 2, canary: false };
const open = (name: string): [string, string] => [name, 'open'];
const closed = (name: string): [string, string] => [name, 'closed'];
const wireIs = (id: string, expected: readonly (readonly [string, string])[]) =>
  until(
    'the wire to settle',
    () => postern.cloud.wire(id),
    (wire) => JSON.stringify([...wire]) === JSON.stringify(expected),
    60_000,
  );
const admin = (id: string) => `/v1/admin/exemptions/${id}`;
const suspension = { reasonCode: 'terms-violated', internalReason: 'Looked bad.', closeRunning: false };
const revocation = { reasonCode: 'terms-violated', internalReason: 'Was bad.' };
const whenSome = (exemptionId: string, state: string) =>
  until(
    `a machine to be ${state}`,
    () => machineRows(postern, exemptionId),
    (rows) => rows.some((row) => row.at('state').text === state),
    60_000,
  );

const oneCycle = ['deallocate mx1', 'start mx1'];
const whenOrdered = (subscriptionId: string, orders: readonly string[]) =>
  until(
    'the cloud to be told',
    () => powerCalls(postern, subscriptionId),
    (calls) => calls.join() === orders.join(),
    60_000,
  );
/** The cloud does not end this operation of mx1 before it is let go. */
const held = (subscriptionId: string, verb: string) =>
  faultIn(postern, `${subscriptionId}.*/mx1/${verb}`, { kind: 'operation-endless' });
const setPlan = async (exemptionId: string, plan: object) => {
  const path = `/v1/exemptions/${exemptionId}/restart-plan`;
  expect((await postern.call('customer', 'PUT', path, { body: plan })).status).toBe(200);
};

describe('a plan that is interrupted (F23, I18)', () => {
  it.each([
    ['deallocating', 'deallocate', ['deallocate mx1'], [closed('mx1'), closed('mx2')]],
    ['starting', 'start', oneCycle, [open('mx1'), closed('mx2')]],
  ] as const)(
    'by a suspension while a machine is %s: what we stopped is started again, the rest is left alone',
    async (_state, verb, ordered, wire) => {
      const subscriptionId = await aSubscription(postern, { machines: ['mx1', 'mx2'] });
      const letGo = await held(subscriptionId, verb);
      const exemptionId = await granted(postern, subscriptionId, managed);
      await whenOrdered(subscriptionId, ordered);
      const suspended = await decide(postern, 'analyst', admin(exemptionId), 'suspend', suspension);
      expect(suspended.status).toBe(202);
      await until(
        'the gate to close',
        () => postern.cloud.gate(subscriptionId),
        (truth) => truth.at('gate').text === 'closed',
      );
      await letGo();
      await whenOrdered(subscriptionId, oneCycle);
      await wireIs(subscriptionId, wire);
      await until(
        'mx1 to be through, and mx2 not to be waited for',
        () => machineRows(postern, exemptionId),
        (rows) => rows.map((row) => row.at('state').text).join() === 'restarted,superseded',
      );
      expect(await postern.cloud.powerState(subscriptionId, 'mx1')).toBe('PowerState/running');
      expect(await powerCalls(postern, subscriptionId)).toEqual(oneCycle);
      const reinstated = await decide(postern, 'approver', admin(exemptionId), 'reinstate', {
        internalReason: 'Was a mistake.',
      });
      expect(reinstated.status).toBe(202);
      await exemptionState(postern, exemptionId, 'effective', 90_000);
      await wireIs(subscriptionId, [open('mx1'), open('mx2')]);
    },
  );

  it.each(['waiting', 'deallocating', 'starting'])(
    'by a revocation while a machine is %s: it finishes, and every machine ends closed (I7)',
    async (state) => {
      const subscriptionId = await aSubscription(postern, { machines: ['mx1', 'mx2'] });
      const exemptionId = await granted(postern, subscriptionId, managed);
      await whenSome(exemptionId, state);
      const revoked = await decide(postern, 'approver', admin(exemptionId), 'revoke', revocation);
      expect(revoked.status).toBe(202);
      await exemptionState(postern, exemptionId, 'revoked', 120_000);
      await wireIs(subscriptionId, [closed('mx1'), closed('mx2')]);
    },
  );

  it('by a change of mode: what has begun is finished, and nothing else is begun', async () => {
    const subscriptionId = await aSubscription(postern, { machines: ['mx1', 'mx2'] });
    const letGo = await held(subscriptionId, 'deallocate');
    const exemptionId = await granted(postern, subscriptionId, managed);
    await whenOrdered(subscriptionId, ['deallocate mx1']);
    await setPlan(exemptionId, { ...managed, mode: 'observed' });
    await letGo();
    await until(
      'mx1 to be exempt',
      () => machineRows(postern, exemptionId),
      (rows) => rows[0]?.at('exempt').value === true,
      60_000,
    );
    const rows = await machineRows(postern, exemptionId);
    expect([rows[1]?.at('state').text, rows[1]?.at('blocker', 'code').text]).toEqual([
      'waiting',
      'not-deallocated-yet',
    ]);
    expect(await powerCalls(postern, subscriptionId)).toEqual(oneCycle);
    // The owner does the rest, and Postern sees it.
    await postern.cloud.power(subscriptionId, 'mx2', 'deallocate');
    await until(
      'mx2 to rest',
      () => machineRows(postern, exemptionId),
      (all) => all[1]?.at('state').text === 'resting',
    );
    await exemptionState(postern, exemptionId, 'effective');
    await postern.cloud.power(subscriptionId, 'mx2', 'start');
    await until(
      'its evidence',
      () => machineRows(postern, exemptionId),
      (all) => all[1]?.at('exempt').value === true,
    );
    await wireIs(subscriptionId, [open('mx1'), open('mx2')]);
  });

  it('by the end of its window: what has begun is finished after it, and nothing else is begun', async () => {
    const subscriptionId = await aSubscription(postern, { machines: ['mx1', 'mx2'] });
    const letGo = await held(subscriptionId, 'deallocate');
    const exemptionId = await granted(postern, subscriptionId, managed);
    await whenOrdered(subscriptionId, ['deallocate mx1']);
    const endsAt = Date.now() + 1_000;
    const window = { startsAt: '2020-01-01T00:00:00Z', endsAt: new Date(endsAt).toISOString() };
    await setPlan(exemptionId, { ...managed, window });
    await until(
      'the window to be over',
      () => Promise.resolve(Date.now()),
      (now) => now > endsAt,
    );
    await letGo();
    const read = async () => (await postern.call('auditor', 'GET', admin(exemptionId))).body;
    const told = await until(
      'the exemption to say why mx2 waits',
      async () => ({ page: await read(), rows: await machineRows(postern, exemptionId) }),
      ({ page, rows }) =>
        page.at('problem', 'code').text === 'window-over' && rows[0]?.at('state').text === 'restarted',
      60_000,
    );
    expect(told.rows.map((row) => row.at('state').text)).toEqual(['restarted', 'waiting']);
    expect(told.rows.map((row) => row.at('exempt').value)).toEqual([true, false]);
    const lookedAt = told.page.at('lastLookedAt').text;
    await until('another look', read, (page) => page.at('lastLookedAt').text > lookedAt);
    expect(await powerCalls(postern, subscriptionId)).toEqual(oneCycle);
    await wireIs(subscriptionId, [open('mx1'), closed('mx2')]);
  });

  it('by a window that was over before the grant: nothing is begun', async () => {
    const subscriptionId = await aSubscription(postern, { machines: ['mx1'] });
    // A window ends in the future when it is asked for, and has ended when the request is approved.
    const endsAt = Date.now() + 15_000;
    const window = { startsAt: '2020-01-01T00:00:00Z', endsAt: new Date(endsAt).toISOString() };
    const requestId = await file(postern, subscriptionId, { restart: { ...managed, window } });
    await reviewed(postern, requestId);
    const over = (now: number) => now > endsAt;
    await until('the window to be over', () => Promise.resolve(Date.now()), over, 60_000);
    const page = `/v1/admin/exemption-requests/${requestId}`;
    const approved = await decide(postern, 'reviewer', page, 'approve', { reason: 'Fine.' });
    const exemptionId = approved.body.at('exemption', 'id').text;
    const read = async () => (await postern.call('customer', 'GET', `/v1/exemptions/${exemptionId}`)).body;
    await until(
      'the exemption to say why',
      read,
      (body) => body.at('problem', 'code').text === 'window-over',
    );
    expect(await powerCalls(postern, subscriptionId)).toEqual([]);
  });
});

describe('a listing that is no listing (F24)', () => {
  const list = `providers/Microsoft.Compute/virtualMachines`;
  const fault = (order: object) => postern.control('POST', '/_control/faults', { body: order });

  it.each([
    ['refused', { kind: 'error', status: 403, code: 'AuthorizationFailed' }],
    ['partial', { kind: 'partial-list' }],
    ['throttled', { kind: 'throttle' }],
    ['truncated', { kind: 'truncate' }],
  ])('%s: nothing becomes effective, nobody is gone, and the exemption says why', async (_name, order) => {
    await postern.control('PUT', '/_control/page-size', { body: { pageSize: 1 } });
    const subscriptionId = await aSubscription(postern, { machines: ['mx1', 'mx2'] });
    await fault({ ...order, match: { path: `${subscriptionId}/${list}` } });
    const exemptionId = await granted(postern, subscriptionId, atOnce);
    const read = async () => (await postern.call('customer', 'GET', `/v1/exemptions/${exemptionId}`)).body;
    const seen = await until(
      'the exemption to say why',
      read,
      (body) => body.at('problem', 'code').text === 'listing-failed',
    );
    expect(seen.at('state').text).toBe('enabling');
    await postern.control('DELETE', '/_control/faults');
    await exemptionState(postern, exemptionId, 'effective', 90_000);
    await wireIs(subscriptionId, [open('mx1'), open('mx2')]);
  });

  it('empty while machines are known: none of them is gone, and nothing is concluded', async () => {
    const subscriptionId = await aSubscription(postern, { machines: ['mx1'] });
    const exemptionId = await granted(postern, subscriptionId, { ...managed, mode: 'observed' });
    await whenSome(exemptionId, 'waiting');
    await fault({ kind: 'empty-list', match: { path: `${subscriptionId}/${list}` } });
    const looked = async () =>
      (await postern.call('auditor', 'GET', admin(exemptionId))).body.at('lastLookedAt').text;
    const before = await looked();
    await until('two more looks', looked, (at) => Date.parse(at) > Date.parse(before) + 2_000);
    expect((await machineRows(postern, exemptionId)).map((row) => row.at('state').text)).toEqual(['waiting']);
  });

  it('an exemption without machines is effective after the first complete listing', async () => {
    const subscriptionId = await aSubscription(postern);
    await exemptionState(postern, await granted(postern, subscriptionId, managed), 'effective');
  });

  it('a machine that was deleted is gone once the log shows it, and one recreated under its name is another (F11)', async () => {
    const subscriptionId = await aSubscription(postern, { machines: ['mx1'] });
    const exemptionId = await granted(postern, subscriptionId, { ...managed, mode: 'observed' });
    await whenSome(exemptionId, 'waiting');
    const owner = ownerOf(postern, subscriptionId);
    const before = await owner.vmId('mx1');
    await owner.remove('mx1');
    await exemptionState(postern, exemptionId, 'effective', 60_000);
    const told = async () =>
      (await machineRows(postern, exemptionId)).map((row) => [
        row.at('vmId').text,
        row.at('state').text,
        row.at('exempt').value,
      ]);
    const isGone = (all: readonly (readonly unknown[])[]) => all.some(([, state]) => state === 'gone');
    expect(await until('the log to show its delete', told, isGone, 90_000)).toEqual([
      [before, 'gone', false],
    ]);
    await owner.create('mx1');
    const after = await owner.vmId('mx1');
    expect(after).not.toBe(before);
    const rows = await until(
      'the log to tell that the new one was created here',
      told,
      (all) => all.some(([, state]) => state === 'created-after'),
      120_000,
    );
    expect(new Set(rows)).toEqual(
      new Set([
        [before, 'gone', false],
        [after, 'created-after', true],
      ]),
    );
    await wireIs(subscriptionId, [open('mx1')]);
    expect(await powerCalls(postern, subscriptionId)).toEqual([]);
  });
});

describe('an offer that nobody can classify', () => {
  it('is accepted, checked, and put before a human with offer-ambiguous', async () => {
    const subscriptionId = await aSubscription(postern, { offer: { quotaId: 'Internal_2014-09-01' } });
    const requestId = await file(postern, subscriptionId);
    await reviewed(postern, requestId);
    const page = await postern.call('reviewer', 'GET', `/v1/admin/exemption-requests/${requestId}`);
    expect(page.body.at('eligibility', 'outcome').text).toBe('unknown');
    expect(page.body.at('eligibility', 'reasons').items.map((reason) => reason.at('code').text)).toContain(
      'offer-ambiguous',
    );
    const shown = await postern.call('customer', 'GET', `/v1/subscriptions/${subscriptionId}`);
    expect(shown.body.at('port25').text).toBe('unknown');
  });
});

describe('a cloud that restarted empty (F24)', () => {
  it('revokes nothing, and declares nobody gone', async () => {
    const subscriptionId = await aSubscription(postern, { machines: ['mx1'] });
    const exemptionId = await granted(postern, subscriptionId, managed);
    await exemptionState(postern, exemptionId, 'effective', 90_000);
    await postern.control('POST', '/_control/reset');
    const revoked = await decide(postern, 'approver', admin(exemptionId), 'revoke', revocation);
    expect(revoked.status).toBe(202);
    const read = async () => (await postern.call('auditor', 'GET', admin(exemptionId))).body;
    const seen = await until(
      'the exemption to say why',
      read,
      (body) => body.at('problem', 'code').value !== undefined && body.at('problem').value !== null,
    );
    expect(seen.at('state').text).toBe('revoking');
    expect((await machineRows(postern, exemptionId)).map((row) => row.at('state').text)).not.toContain(
      'gone',
    );
  });
});
