import { until, type Json } from '../../launch/demo/desk.js';
import { personas, type Persona } from '../../launch/development-token.js';
import { decide, registerDevelopmentTenants } from '../support/filing.js';
import { startPostern, type Postern } from '../support/postern.js';
import { sideBySide } from '../support/side-by-side.js';
import { blockerOf, managed, stateOf, tracked, type Tracked } from '../support/tracked.js';

/** How a right is held or ends, each with what the requester and the engineer then read, and what the wire says. */
let postern: Postern;
const story = sideBySide(async () => {
  postern = await startPostern();
  await registerDevelopmentTenants(postern);
});
afterAll(() => postern.stop());

const atOnce = { ...managed, maxUnavailable: '100%', canary: false };
const ground = { reasonCode: 'terms-violated', internalReason: 'Spam was seen.' };
const cycles = (...names: readonly string[]) =>
  names.flatMap((name) => [`deallocate ${name}`, `start ${name}`]).toSorted();

// ------------------------------------------------------------------ what engineers do

const order = (one: Tracked, as: 'approver' | 'approver2', verb: string, body: object) =>
  decide(postern, as, `/v1/admin/exemptions/${one.exemptionId}`, verb, body);
async function ordered(
  one: Tracked,
  as: 'approver' | 'approver2',
  verb: string,
  body: object,
  state: string,
) {
  const answer = await order(one, as, verb, body);
  expect([answer.status, answer.body.at('state').text]).toEqual([202, state]);
}
const suspended = (one: Tracked, closeRunning: boolean) =>
  ordered(one, 'approver', 'suspend', { ...ground, closeRunning }, 'suspended');
const reinstated = (one: Tracked) =>
  ordered(one, 'approver2', 'reinstate', { internalReason: 'It was somebody else.' }, 'enabling');
const revoked = (one: Tracked) => ordered(one, 'approver2', 'revoke', ground, 'revoking');

// ------------------------------------------------------------------ what is read

const pageToShow = (one: Tracked, what: string, isSo: (page: Json) => boolean) =>
  until(`the page to show ${what}`, one.page, isSo, 90_000);
const allClosed = (page: Json) =>
  page.at('stillOpen').value === 0 && page.at('progress', 'waiting').value === 0;
const fenceOf = (page: Json) => Number(page.at('gate', 'fence').value);
const request = async (one: Tracked, path = '') => {
  const requestId = (await one.page()).at('requestId').text;
  return (await postern.call('customer', 'GET', `/v1/exemption-requests/${requestId}${path}`)).body;
};
/** The words of an event, as the requester's history has them. */
async function told(one: Tracked, event: string): Promise<string> {
  const { items } = (await request(one, '/history?limit=200')).at('items');
  return items.findLast((line) => line.at('event').text === event)?.at('message').text ?? 'was not told';
}
const port25 = async ({ id }: Tracked) =>
  (await postern.call('customer', 'GET', `/v1/subscriptions/${id}`)).body.at('port25').text;
/** What became of the right, as the engineer's page has it: `event by-whom`. */
const historyOf = (review: Json) =>
  review.at('history').items.map((line) => `${line.at('event', 'type').text} ${line.at('by', 'kind').text}`);
const whoIs = (persona: Persona) => ({ kind: 'platform', objectId: personas[persona].oid });
/** Power orders of this subscription after so many of them; which come first is another test's business. */
const ordersAfter = async (one: Tracked, count: number) => (await one.owner.orders()).slice(count).toSorted();
const orderCount = async (one: Tracked) => (await one.owner.orders()).length;

/** Its owner stops it, and Postern has seen that. */
async function switchedOff(one: Tracked, name: string): Promise<void> {
  await one.owner.act(name, 'deallocate');
  const isOff = (row: Json) => row.at('powerState').text === 'deallocated';
  await until(`${name} to be seen without a host`, () => one.row(name), isOff, 60_000);
}

/** A machine that holds no host is closed already: a right may end before the last one is started again (I18). */
const allRun = (one: Tracked) =>
  until(
    'what was stopped to run again (I18)',
    () => one.wire(),
    (wire) => !Object.values(wire).includes('off'),
  );

async function rowsAreClosed(one: Tracked): Promise<void> {
  for (const row of await one.rows())
    expect(row.value).toMatchObject({ direction: 'revoke', exempt: false, because: null });
}

describe('a right that reaches its date', () => {
  story('is expired: the gate closed later than any opening, every machine proven closed (I7)', async () => {
    const decision = () => ({ expiresOn: new Date(Date.now() + 20_000).toISOString() });
    const one = await tracked(postern, { machines: ['mx1', 'mx2'], plan: atOnce, decision });
    const effective = await one.is('effective');
    expect(await one.wire()).toEqual({ mx1: 'open', mx2: 'open' });
    const before = await orderCount(one);
    const page = await one.is('expired');
    expect(Date.parse(page.at('endedAt').text)).toBeGreaterThan(Date.parse(effective.at('expiresOn').text));
    expect(page.at('gate').value).toMatchObject({ state: 'closed', position: 'closed' });
    expect(fenceOf(page)).toBeGreaterThan(fenceOf(effective));
    expect(page.at('progress').value).toMatchObject({ total: 2, waiting: 0, blocked: 0, failed: 0 });
    expect(page.value).toMatchObject({ stillOpen: 0, problem: null, suspension: null, revocation: null });
    await rowsAreClosed(one);
    const review = await one.review();
    expect(review.value).toMatchObject({ revokedBy: null, internalReason: null, humanNeededFor: null });
    expect(historyOf(review)).toEqual([
      'granted platform',
      'enabled system',
      'expiryReached system',
      'closed system',
    ]);
    expect(await told(one, 'expiring')).toMatch(/reached its date\. The gate closes/);
    expect(await told(one, 'expired')).toBe('The exemption has expired.');
    expect([(await request(one)).at('status').text, await port25(one)]).toEqual(['expired', 'blocked']);
    await allRun(one);
    expect(await one.wire()).toEqual({ mx1: 'closed', mx2: 'closed' });
    expect(await ordersAfter(one, before)).toEqual(cycles('mx1', 'mx2'));
  });
});

describe('a suspension that closes running machines', () => {
  story('cycles them; given back by somebody else, only those are cycled again', async () => {
    const one = await tracked(postern, { machines: ['mx1', 'mx2', 'mx3'], plan: atOnce });
    const effective = await one.is('effective');
    await switchedOff(one, 'mx3');
    const before = await orderCount(one);
    await suspended(one, true);
    const page = await pageToShow(one, 'that all are closed', allClosed);
    expect(page.at('progress').value).toMatchObject({ total: 3, restarted: 2, resting: 1 });
    expect(page.at('suspension').value).toMatchObject({
      closeRunning: true,
      reasons: [{ code: 'terms-violated' }],
    });
    expect(page.at('suspension', 'message').text).toMatch(
      /^The gate is closed, and no machine may use port 25/,
    );
    expect(page.text).not.toContain(ground.internalReason);
    expect(fenceOf(page)).toBeGreaterThan(fenceOf(effective));
    expect((await one.review()).value).toMatchObject({
      ...{ stillOpen: 0, internalReason: ground.internalReason, humanNeededFor: null },
      suspendedBy: whoIs('approver'),
    });
    expect(await told(one, 'suspended')).toMatch(/every machine that is still open then is stopped/);
    await rowsAreClosed(one);
    expect(await one.wire()).toEqual({ mx1: 'closed', mx2: 'closed', mx3: 'off' });
    expect(await ordersAfter(one, before)).toEqual(cycles('mx1', 'mx2'));

    const mistake = { internalReason: 'I was wrong.' };
    const self = await order(one, 'approver', 'reinstate', mistake);
    expect([self.status, self.body.at('code').text]).toEqual([403, 'reinstater-must-differ']);
    const middle = await orderCount(one);
    await reinstated(one);
    const again = await one.is('effective');
    expect(again.at('progress').value).toMatchObject({ total: 3, restarted: 2, resting: 1 });
    expect(again.value).toMatchObject({
      suspension: null,
      reinstatement: { receipt: expect.any(String) as string },
    });
    expect(fenceOf(again)).toBeGreaterThan(fenceOf(page));
    expect(await one.wire()).toEqual({ mx1: 'open', mx2: 'open', mx3: 'off' });
    expect(await ordersAfter(one, middle)).toEqual(cycles('mx1', 'mx2'));
    expect(historyOf(await one.review()).slice(-3)).toEqual([
      'suspended platform',
      'reinstated platform',
      'enabled system',
    ]);
  });

  story.each(['under way', 'over'])(
    'and is followed by a revocation while it is %s: revoked, and no machine is cycled twice (I7)',
    async (when) => {
      const one = await tracked(postern, { machines: ['mx1', 'mx2'], plan: atOnce });
      await one.is('effective');
      const before = await orderCount(one);
      await suspended(one, true);
      if (when === 'over') await pageToShow(one, 'that all are closed', allClosed);
      else await one.machineIs('mx2', 'deallocating');
      await revoked(one);
      const page = await one.is('revoked');
      expect(page.at('progress').value).toMatchObject({ total: 2, waiting: 0, blocked: 0, failed: 0 });
      expect(page.value).toMatchObject({
        ...{ stillOpen: 0, problem: null },
        revocation: { reasons: [{ code: 'terms-violated' }] },
      });
      expect([(await request(one)).at('status').text, await port25(one)]).toEqual(['revoked', 'revoked']);
      const review = await one.review();
      expect(review.value).toMatchObject({ revokedBy: whoIs('approver2'), humanNeededFor: null });
      expect(historyOf(review).slice(-3)).toEqual([
        'suspended platform',
        'revocationOrdered platform',
        'closed system',
      ]);
      await allRun(one);
      expect(await one.wire()).toEqual({ mx1: 'closed', mx2: 'closed' });
      await rowsAreClosed(one);
      expect(await ordersAfter(one, before)).toEqual(cycles('mx1', 'mx2'));
    },
  );
});

describe('a suspension that leaves running machines alone', () => {
  story('gives no power order, and says on every page how many are open', async () => {
    const one = await tracked(postern, { machines: ['mx1', 'mx2', 'mx3'], plan: atOnce });
    await one.is('effective');
    const before = await orderCount(one);
    await suspended(one, false);
    const page = await pageToShow(one, 'that three are open', (shown) => shown.at('stillOpen').value === 3);
    // Nothing is done about any machine: progress alone would read as if there were none.
    expect(page.at('progress', 'total').value).toBe(0);
    expect(page.at('suspension', 'message').text).toMatch(
      /^The gate is closed\. 3 machines may use port 25 still .*left alone\. Nothing is restarted, so progress counts none\.$/,
    );
    expect((await request(one)).at('exemption').value).toMatchObject({ state: 'suspended', stillOpen: 3 });
    expect((await one.review()).value).toMatchObject({ stillOpen: 3, suspendedBy: whoIs('approver') });
    expect(await told(one, 'suspended')).toMatch(/machines that run are left alone/);
    expect(await port25(one)).toBe('blocked');
    expect(await one.wire()).toEqual({ mx1: 'open', mx2: 'open', mx3: 'open' });
    expect(await ordersAfter(one, before)).toEqual([]);
  });

  story('given back, only the machine that took a host meanwhile is cycled', async () => {
    const one = await tracked(postern, { machines: ['mx1', 'mx2', 'mx3'], plan: atOnce });
    await one.is('effective');
    await suspended(one, false);
    await switchedOff(one, 'mx1');
    await switchedOff(one, 'mx2');
    await one.owner.act('mx1', 'start');
    const row = await one.machineIs('mx1', 'closed-again');
    // The gate is closed: whoever cycled it now, as one does to be exempt, would do it in vain.
    expect(row.at('blocker', 'message').text).toMatch(/now changes nothing; once the gate is open again/);
    expect(row.at('exempt').value).toBe(false);
    const fewer = await pageToShow(one, 'that one is open', (shown) => shown.at('stillOpen').value === 1);
    expect(fewer.at('suspension', 'message').text).toMatch(/One machine may use port 25 still/);
    expect(await one.wire()).toEqual({ mx1: 'closed', mx2: 'off', mx3: 'open' });
    const before = await orderCount(one);
    await reinstated(one);
    const again = await one.is('effective');
    expect(again.at('progress').value).toMatchObject({ total: 3, restarted: 2, resting: 1 });
    expect(await one.wire()).toEqual({ mx1: 'open', mx2: 'off', mx3: 'open' });
    expect(await ordersAfter(one, before)).toEqual(cycles('mx1'));
    expect(blockerOf(await one.row('mx1'))).toBe('null');
  });
});

describe('a gate that applies to running machines', () => {
  story('enables and ends a right without any power order: its answer is the proof', async () => {
    const one = await tracked(postern, {
      machines: ['mx1', 'mx2'],
      plan: atOnce,
      before: async (_owner, id) => {
        const body = { appliesTo: 'running' };
        await postern.control('PUT', `/_control/subscriptions/${id}/gate-mode`, { body });
      },
    });
    const page = await one.is('effective');
    expect(page.at('gate').value).toMatchObject({ state: 'open', appliesTo: 'running' });
    expect(page.at('progress').value).toMatchObject({ total: 2, restarted: 2 });
    for (const row of await one.rows())
      expect(row.value).toMatchObject({
        ...{ state: 'restarted', exempt: true, blocker: null },
        because: 'The gate is open and applies to running machines (fence 1).',
      });
    expect(await told(one, 'gate-opened')).toMatch(/, for machines that run, too\.$/);
    expect(await one.wire()).toEqual({ mx1: 'open', mx2: 'open' });

    await revoked(one);
    const ended = await one.is('revoked');
    expect(ended.at('gate').value).toMatchObject({ state: 'closed', fence: 2, appliesTo: 'running' });
    expect(ended.value).toMatchObject({ stillOpen: 0, progress: { total: 2, restarted: 2 } });
    expect(await told(one, 'revocation-ordered')).toMatch(/every machine that is still open then is stopped/);
    expect((await one.review()).value).toMatchObject({ revokedBy: whoIs('approver2'), machineHistory: [] });
    await rowsAreClosed(one);
    expect((await one.rows()).map(stateOf)).toEqual(['restarted', 'restarted']);
    expect(await one.wire()).toEqual({ mx1: 'closed', mx2: 'closed' });
    expect(await one.owner.orders()).toEqual([]);
  });
});
