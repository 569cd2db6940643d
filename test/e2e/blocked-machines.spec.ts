import { until } from '../../launch/demo/desk.js';
import { registerDevelopmentTenants } from '../support/filing.js';
import { startLoopbackServer, type LoopbackServer } from '../support/loopback-server.js';
import { startMailRelay, type MailRelay } from '../support/mail-relay.js';
import { startPostern, type Postern } from '../support/postern.js';
import { TroubledDesk } from '../support/troubled-desk.js';

/**
 * What a cloud refuses or loses, each with what the requester and the engineer then read, how it goes on, and that the
 * wire says the same in the end. The stories run side by side, each in a subscription of its own.
 */
let postern: Postern;
let elsewhere: LoopbackServer;
let relay: MailRelay;
const support = 'support@postern.example';
const outcomes = new Map<string, Promise<unknown>>();

const start = '/start';
const stop = '/deallocate';
const right = (verb: string) => `Microsoft.Compute/virtualMachines/${verb}/action`;
const codes = async (desk: TroubledDesk) =>
  (await desk.rows()).map((row) => `${row.at('state').text} ${row.at('blocker', 'code').text}`);
const wordsOf = async (desk: TroubledDesk, name: string) =>
  (await desk.rows()).find((row) => row.at('name').text === name)?.at('blocker', 'message').text ?? '';

const stories: Readonly<Record<string, () => Promise<void>>> = {
  'a disabled subscription blocks, in words; what the platform stops meanwhile rests; it goes on by itself':
    async () => {
      const desk = await TroubledDesk.open(postern, ['mx1', 'mx2']);
      await desk.setState('Disabled');
      await desk.manage();
      await desk.rowsToBe(['blocked', 'blocked']);
      expect(await codes(desk)).toEqual(Array(2).fill('blocked subscription-disabled'));
      expect(await wordsOf(desk, 'mx1')).toMatch(/disabled.*Enable it in the portal.*goes on by itself/);
      const [told] = await desk.toldToBe(['machines-blocked subscription-disabled']);
      expect(told?.words).toContain('2 machines (mx1, mx2): the subscription is disabled');
      expect((await desk.page()).at('progress', 'blocked').value).toBe(2);
      expect(await desk.listed()).toBeUndefined();
      await postern.control('POST', `/_control/subscriptions/${desk.subscriptionId}/platform`, {
        body: { action: 'deallocate', vmName: 'mx2' },
      });
      await desk.rowsToBe(['blocked', 'resting']);
      await desk.setState('Enabled');
      await desk.stateToBe('effective');
      expect(await desk.wire()).toEqual(['mx1 open', 'mx2 off']);
      await desk.toldToBe([
        'machines-blocked subscription-disabled',
        'machines-through subscription-disabled',
      ]);
    },

  'a subscription that is disabled after our stop is an incident; the machine is started once it is enabled (I18)':
    async () => {
      const desk = await TroubledDesk.open(postern, ['mx1']);
      await desk.manage();
      await desk.powerToBe('mx1', 'deallocating');
      await desk.setState('Disabled');
      await desk.rowsToBe(['blocked']);
      const [told] = await desk.toldToBe(['machines-down subscription-disabled']);
      expect(told?.words).toMatch(
        /^Postern stopped mx1 and cannot start it again: the subscription is disabled/,
      );
      expect(await desk.calledFor()).toBe('machines-down');
      expect((await desk.page()).at('state').text).toBe('enabling');
      await desk.setState('Enabled');
      await desk.stateToBe('effective');
      expect(await desk.wire()).toEqual(['mx1 open']);
      await desk.notCalled();
      await desk.toldToBe(['machines-down subscription-disabled', 'machines-through subscription-disabled']);
    },

  'a lock blocks, and its scope is named; an engineer retries at once when it is gone': async () => {
    const desk = await TroubledDesk.open(postern, ['mx1']);
    await desk.lock();
    await desk.manage();
    await desk.rowsToBe(['blocked']);
    expect(await wordsOf(desk, 'mx1')).toContain(`locked: '/subscriptions/${desk.subscriptionId}'`);
    expect(await wordsOf(desk, 'mx1')).toMatch(/Remove the lock\. Postern tries again every 15 minutes/);
    await desk.toldToBe(['machines-blocked resource-locked']);
    await desk.unlock();
    expect((await desk.steer('mx1', 'retry')).status).toBe(200);
    await desk.stateToBe('effective');
    expect(await desk.machineHistory()).toEqual([
      'mx1 blocked system',
      'mx1 retried platform retry: by telephone',
    ]);
    expect(await desk.wire()).toEqual(['mx1 open']);
  },

  'a lock that is put on after our stop is an incident, and ends when it is gone (I18)': async () => {
    const desk = await TroubledDesk.open(postern, ['mx1']);
    await desk.manage();
    await desk.powerToBe('mx1', 'deallocating');
    await desk.lock();
    await desk.rowsToBe(['blocked']);
    await desk.toldToBe(['machines-down resource-locked']);
    expect(await desk.calledFor()).toBe('machines-down');
    expect((await desk.review()).at('humanNeededFor', 'message').text).toContain('mx1');
    await desk.unlock();
    expect((await desk.steer('mx1', 'retry')).status).toBe(200);
    await desk.stateToBe('effective');
    expect(await desk.wire()).toEqual(['mx1 open']);
    expect(await desk.powerCalls()).toEqual(['deallocate mx1', 'start mx1']);
    await desk.toldToBe(['machines-down resource-locked', 'machines-through resource-locked']);
  },

  'a missing right blocks, and is named; a machine that is skipped is its owner’s, and counts when they cycled it':
    async () => {
      const desk = await TroubledDesk.open(postern, ['mx1', 'mx2']);
      await desk.deny(right('deallocate'));
      await desk.manage();
      await desk.rowsToBe(['blocked', 'blocked']);
      expect(await wordsOf(desk, 'mx1')).toContain(`'${right('deallocate')}'`);
      expect(await wordsOf(desk, 'mx1')).toMatch(/Give its application a role with/);
      await desk.toldToBe(['machines-blocked missing-right']);
      const skipped = await desk.steer('mx1', 'skip');
      expect([skipped.status, skipped.body.at('state').text]).toEqual([200, 'skipped']);
      expect(await wordsOf(desk, 'mx1')).toMatch(
        /told Postern not to touch mx1\. Stop \(deallocate\) and start/,
      );
      await desk.deny();
      await desk.steer('mx2', 'retry');
      await desk.rowsToBe(['skipped', 'restarted']);
      expect((await desk.page()).at('state').text).toBe('enabling');
      expect(await desk.powerCalls()).toEqual(['deallocate mx2', 'start mx2']);
      await postern.cloud.power(desk.subscriptionId, 'mx1', 'deallocate');
      await desk.powerToBe('mx1', 'deallocated');
      await postern.cloud.power(desk.subscriptionId, 'mx1', 'start');
      await desk.stateToBe('effective');
      await desk.rowsToBe(['restarted', 'restarted']); // a look between the two saw it at rest
      expect(await desk.wire()).toEqual(['mx1 open', 'mx2 open']);
      expect(await desk.machineHistory()).toContain('mx1 skipOrdered platform skip: by telephone');
    },

  'no room after our stop is an incident: tried again, told at once, never told as done, and over by itself':
    async () => {
      const desk = await TroubledDesk.open(postern, ['mx1', 'mx2']);
      const full = await desk.fault({ kind: 'operation-fails', code: 'AllocationFailed' }, start);
      await desk.manage({ maxUnavailable: 1, canary: true });
      const [told] = await desk.toldToBe(['machines-down allocation-failed']);
      expect(told?.words).toMatch(/^Postern stopped mx1 and cannot start it again: the cloud has no room/);
      expect(told?.words).toContain('This needs a support engineer, and stands in their list.');
      const calls = () =>
        relay.mails.filter(({ to, raw }) => to === support && raw.includes(desk.exemptionId));
      const [call] = await until(
        'an engineer to be mailed',
        () => Promise.resolve(calls()),
        (mails) => mails.length > 0,
      );
      expect(call?.raw).toMatch(
        /machines-down \(allocation-failed\)[^]*Postern stopped mx1 and cannot start/,
      );
      expect(call?.raw).toContain(`POST ${desk.adminPath}/restarts/{vmId}/retry`);
      expect(await codes(desk)).toEqual(['starting allocation-failed', 'waiting not-deallocated-yet']);
      expect(await desk.calledFor()).toBe('machines-down');
      const metrics = await (await fetch(`${postern.workerUrl}/metrics`)).text();
      expect(metrics).toMatch(/^postern_machines_down [1-9]/m);
      expect(metrics).toMatch(/^postern_exemptions_needing_human [1-9]/m);
      const skip = await desk.steer('mx1', 'skip');
      expect(skip.status).toBe(409);
      expect((await desk.page()).at('state').text).toBe('enabling');
      await full.mend();
      await desk.stateToBe('effective');
      expect(await desk.wire()).toEqual(['mx1 open', 'mx2 open']);
      await desk.notCalled();
      expect(calls()).toHaveLength(1);
      await desk.toldToBe(['machines-down allocation-failed', 'machines-through allocation-failed']);
    },

  'an operation without end calls a human; retried it goes on, and the machine is told once more only where it has to be':
    async () => {
      const desk = await TroubledDesk.open(postern, ['mx1']);
      const endless = await desk.fault({ kind: 'operation-endless', times: 1 }, stop);
      await desk.manage();
      await desk.rowsToBe(['failed']);
      expect(await codes(desk)).toEqual(['failed operation-without-end']);
      expect(await wordsOf(desk, 'mx1')).toMatch(
        /never ended it\. This needs a support engineer, and stands in their list/,
      );
      const [told] = await desk.toldToBe([`machines-down operation-without-end`]);
      expect(told?.words).toContain('mx1');
      expect(await desk.calledFor()).toBe('machines-down');
      expect((await desk.page()).at('state').text).toBe('enabling');
      await endless.mend();
      await desk.powerToBe('mx1', 'deallocated');
      expect((await desk.steer('mx1', 'retry')).status).toBe(200);
      await desk.stateToBe('effective');
      expect(await desk.wire()).toEqual(['mx1 open']);
      expect(await desk.powerCalls()).toEqual(['deallocate mx1', 'start mx1']);
      await desk.notCalled();
    },

  'an operation whose address is gone is looked for at the machine, and told only once (F2)': async () => {
    const desk = await TroubledDesk.open(postern, ['mx1']);
    const gone = await desk.fault({ kind: 'operation-gone' });
    await desk.manage();
    await desk.stateToBe('effective');
    await gone.mend();
    expect(await desk.wire()).toEqual(['mx1 open']);
    expect(await desk.powerCalls()).toEqual(['deallocate mx1', 'start mx1']);
    expect(await desk.told()).toEqual([]);
  },

  'an address of an operation on another host is asked nothing, least of all with our token (OWASP API7)':
    async () => {
      const desk = await TroubledDesk.open(postern, ['mx1']);
      const away = await desk.fault({ kind: 'operation-elsewhere', origin: elsewhere.url });
      await desk.manage();
      await desk.stateToBe('effective');
      await away.mend();
      expect(elsewhere.seen).toEqual([]);
      expect(await desk.wire()).toEqual(['mx1 open']);
      expect(await desk.powerCalls()).toEqual(['deallocate mx1', 'start mx1']);
    },

  'a plan stops by itself when its canary does not come back, and goes on when it is told to': async () => {
    const desk = await TroubledDesk.open(postern, ['mx1', 'mx2']);
    const endless = await desk.fault({ kind: 'operation-endless', times: 1 }, start);
    await desk.manage({ maxUnavailable: 1, canary: true });
    const page = await desk.pageToBe(
      'the plan to stop',
      (one) => one.at('problem', 'code').text === 'plan-stopped',
    );
    expect(page.at('problem', 'message').text).toMatch(/mx1 did not come back.*[Rr]etry/);
    expect(await codes(desk)).toEqual(['failed operation-without-end', 'waiting not-deallocated-yet']);
    expect(await desk.calledFor()).toBe('machines-down');
    // Whoever skips a machine that Postern stopped takes it over: without a host it rests, and the owner is told.
    expect((await desk.steer('mx1', 'skip')).status).toBe(200);
    await desk.rowsToBe(['resting', 'waiting']);
    await desk.pageToBe(
      'the plan to wait for a machine that is down',
      (one) => one.at('problem', 'code').text === 'max-unavailable-reached',
    );
    const through = 'machines-through operation-without-end';
    const told = await desk.toldToBe(['machines-down operation-without-end', through]);
    expect(told[1]?.words).toMatch(/^Postern does not start mx1 any more.*Start what is off/);
    await endless.mend();
    await desk.rowsToBe(['restarted', 'restarted']);
    await desk.stateToBe('effective');
    expect(await desk.wire()).toEqual(['mx1 open', 'mx2 open']);
    expect(await desk.machineHistory()).toEqual([
      'mx1 gaveUp system',
      'mx1 skipOrdered platform skip: by telephone',
    ]);
  },

  'a revocation that cannot stop a machine stays open, calls a human, skips nothing, and never gives up (I7)':
    async () => {
      const desk = await TroubledDesk.open(postern, ['mx1']);
      await desk.manage();
      await desk.stateToBe('effective');
      await desk.deny(right('deallocate'));
      await desk.revoke();
      await desk.rowsToBe(['blocked']);
      expect(await desk.calledFor()).toBe('ending-blocked');
      const told = await desk.toldToBe(['machines-blocked missing-right']);
      expect(told[0]?.words).toContain('Until then the right is not ended.');
      const skip = await desk.steer('mx1', 'skip');
      expect([skip.status, skip.body.at('code').text]).toEqual([409, 'revocation-cannot-skip']);
      const page = await desk.page();
      expect([page.at('state').text, page.at('stillOpen').value]).toEqual(['revoking', 1]);
      expect((await desk.review()).at('humanNeededFor', 'message').text).not.toMatch(/skip/);
      await desk.deny();
      expect((await desk.steer('mx1', 'retry')).status).toBe(200);
      await desk.stateToBe('revoked');
      expect(await desk.wire()).toEqual(['mx1 closed']);
      await desk.notCalled();
    },
};

beforeAll(async () => {
  elsewhere = await startLoopbackServer((_request, response) => void response.writeHead(204).end());
  relay = await startMailRelay();
  const mail = { SMTP_URL: relay.url, MAIL_FROM: 'desk@postern.example', SUPPORT_MAIL: support };
  postern = await startPostern({ env: { OPERATION_DEADLINE_SECONDS: '12', ...mail } });
  await registerDevelopmentTenants(postern);
  for (const [name, tell] of Object.entries(stories))
    outcomes.set(
      name,
      tell().then(
        () => null,
        (error: unknown) => error,
      ),
    );
});
afterAll(async () => {
  await Promise.all(outcomes.values());
  await elsewhere.stop();
  await postern.stop();
  await relay.stop();
});

it.each(Object.keys(stories))('%s', async (name) => {
  expect(await outcomes.get(name)).toBeNull();
});
