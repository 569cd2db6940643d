import { randomUUID } from 'node:crypto';
import { until, type Json } from '../../launch/demo/desk.js';
import { freePort } from '../../launch/free-port.js';
import {
  aSubscription,
  exemptionState,
  granted,
  machineRows,
  registerDevelopmentTenants,
} from '../support/filing.js';
import { startPostern, type Postern } from '../support/postern.js';

const secret = 'what-only-the-operator-and-event-grid-know';
const platformTenant = '00000000-0000-4000-8000-000000000001';
const strangers = '0c000000-0000-4000-8000-0000000000f4';
/** Longer than all of this takes: what is seen before was seen for another reason than that it was time. */
const never = '3600';
const observed = { mode: 'observed', window: null, maxUnavailable: 1, canary: true };

let postern: Postern;
beforeAll(async () => {
  const emulatorPort = String(await freePort());
  postern = await startPostern({
    env: {
      EMULATOR_PORT: emulatorPort,
      OBSERVE_SECONDS: never,
      WATCH_SECONDS: never,
      ACTIVITY_LOG_SECONDS: never,
      EVENT_SECRETS: secret,
      TOKEN_KEYS_TEMPLATE: `http://127.0.0.1:${emulatorPort}/_control/entra/{tid}/discovery/v2.0/keys`,
    },
  });
  await registerDevelopmentTenants(postern);
  const body = { kind: 'customer', name: 'Somebody else' };
  await postern.call('operator', 'PUT', `/v1/admin/tenants/${strangers}`, { body });
});
afterAll(() => postern.stop());

/** Has the cloud's events delivered here; the status of the handshake. */
async function subscribed(how: object): Promise<number> {
  await postern.control('DELETE', '/_control/event-grid');
  const endpoint = `${postern.apiUrl}/v1/events/azure`;
  const manners = { duplicates: 2, shuffle: true, caseChanges: true };
  const body = { endpoint, ...manners, ...how };
  return (await postern.control('PUT', '/_control/event-grid', { body })).status;
}
const machine = async (exemptionId: string) => (await machineRows(postern, exemptionId))[0];
const row = async (what: string, exemptionId: string, isSo: (seen: Json) => boolean): Promise<Json> => {
  const isSeen = (seen: Json | undefined) => seen !== undefined && isSo(seen);
  const seen = await until(what, () => machine(exemptionId), isSeen, 90_000);
  if (seen === undefined) throw new Error(`${what}: it is not there`);
  return seen;
};
/** A machine whose owner is to cycle it, looked at once. */
async function waiting(): Promise<{ readonly subscriptionId: string; readonly exemptionId: string }> {
  const subscriptionId = await aSubscription(postern, { machines: ['mx1'] });
  const exemptionId = await granted(postern, subscriptionId, observed);
  await row('mx1 to wait', exemptionId, (seen) => seen.at('state').text === 'waiting');
  return { subscriptionId, exemptionId };
}
const evidence = (seen: Json | undefined, rank: string) =>
  (seen?.at('evidence').items ?? []).filter((one) => one.at('rank').text === rank);

const entra = { tenantId: platformTenant, audience: 'api://postern', version: '2.0' };
const withSecret = { secretHeader: { name: 'x-postern-event-secret', value: secret } };
const withToken = { entra: { ...entra, roles: ['Ingest'] } };

describe('Event Grid delivers to a running Postern (E3)', () => {
  it.each([
    [
      'its own schema',
      { schema: 'event-grid' },
      { secretHeader: { ...withSecret.secretHeader, value: 'x' } },
    ],
    ['CloudEvents', { schema: 'cloud-event' }, {}],
    ['CloudEvents', { schema: 'cloud-event' }, { entra }],
  ])('not where %s comes with a wrong secret, with nothing, or without the role', async (_n, schema, how) => {
    expect(await subscribed({ ...schema, ...how })).toBe(400);
  });

  it.each([
    ['its own schema and the secret', { schema: 'event-grid', ...withSecret }],
    ['CloudEvents and the secret', { schema: 'cloud-event', ...withSecret }],
    ['its own schema and a token of Entra ID', { schema: 'event-grid', ...withToken }],
    ['CloudEvents and a token of Entra ID', { schema: 'cloud-event', ...withToken }],
  ])(
    'by %s: an owner’s cycle is seen long before it is time to look, twice told and out of order as it is (F12, I6)',
    async (_name, how) => {
      expect(await subscribed(how)).toBe(201);
      const { subscriptionId, exemptionId } = await waiting();
      await postern.cloud.power(subscriptionId, 'mx1', 'deallocate');
      const rests = await row('mx1 to rest', exemptionId, (seen) => seen.at('state').text === 'resting');
      expect(rests.at('exempt').value).toBe(false);
      await postern.cloud.power(subscriptionId, 'mx1', 'start');
      const seen = await row('mx1 to be exempt', exemptionId, (now) => now.at('exempt').value === true);
      expect(evidence(seen, 'E3').length).toBeGreaterThan(0);
      expect(evidence(seen, 'E4').length).toBeGreaterThan(0);
      expect(seen.at('because').text).not.toContain('E3');
      expect(await postern.cloud.wire(subscriptionId)).toEqual(new Map([['mx1', 'open']]));
      await exemptionState(postern, exemptionId, 'effective');
      const state = () => postern.control('GET', '/_control/event-grid');
      await until('all to be delivered', state, ({ body }) => body.at('pending').value === 0);
      const told = evidence(await machine(exemptionId), 'E3').map((one) => one.at('source').text);
      expect(new Set(told).size).toBe(told.length);
      expect((await state()).body.at('givenUp').value).toBe(0);
      expect(await machine(exemptionId)).toMatchObject({ value: { exempt: true, blocker: null } });
    },
  );
});

describe('an owner says that a machine was stopped and started (E5)', () => {
  const body = { statement: 'stopped-and-started' };
  const path = (exemptionId: string, vmId: string) =>
    `/v1/exemptions/${exemptionId}/virtual-machines/${vmId}/statements`;
  /** A refusal without what names the call itself. */
  const anonymous = ({ status, body: { value } }: { readonly status: number; readonly body: Json }) => {
    const { instance: _path, traceId: _trace, ...rest } = value as Record<string, unknown>;
    return [status, JSON.stringify(rest)];
  };

  it('is answered with what is seen, is looked into at once, and proves nothing (I6)', async () => {
    await postern.control('DELETE', '/_control/event-grid');
    const { subscriptionId, exemptionId } = await waiting();
    const vmId = (await machine(exemptionId))?.at('vmId').text ?? '';
    await postern.cloud.power(subscriptionId, 'mx1', 'powerOff');
    const said = await postern.call('customer', 'POST', path(exemptionId, vmId), { body });
    expect(said.status).toBe(200);
    expect(said.body).toMatchObject({ value: { vmId, state: 'waiting', exempt: false, because: null } });
    expect(said.body.at('blocker', 'code').text).toBe('not-deallocated-yet');
    expect(evidence(said.body, 'E5')).toHaveLength(1);
    const seen = await row(
      'the look',
      exemptionId,
      (now) => now.at('blocker', 'code').text === 'stopped-but-allocated',
    );
    expect([seen.at('exempt').value, seen.at('powerState').text]).toEqual([false, 'stopped']);
    expect(evidence(seen, 'E5')).toHaveLength(1);
  });

  it('is refused to whoever it is not for, in the words for what there is not', async () => {
    const { exemptionId } = await waiting();
    const vmId = (await machine(exemptionId))?.at('vmId').text ?? '';
    const say = (as: 'customer' | 'reviewer', to: string, what: unknown = body, tenant?: string) =>
      postern.call(as, 'POST', to, { body: what, ...(tenant === undefined ? {} : { token: { tenant } }) });
    const unknownMachine = await say('customer', path(exemptionId, randomUUID()));
    const unknownExemption = await say('customer', path(randomUUID(), vmId));
    const foreign = await say('customer', path(exemptionId, vmId), body, strangers);
    expect(unknownMachine.status).toBe(404);
    expect(anonymous(foreign)).toEqual(anonymous(unknownMachine));
    expect(anonymous(foreign)).toEqual(anonymous(unknownExemption));
    expect((await say('reviewer', path(exemptionId, vmId))).status).toBe(403);
    for (const wrong of [{}, { statement: 'restarted' }, { ...body, more: true }, []])
      expect((await say('customer', path(exemptionId, vmId), wrong)).status).toBe(400);
    expect(evidence(await machine(exemptionId), 'E5')).toEqual([]);
  });
});
