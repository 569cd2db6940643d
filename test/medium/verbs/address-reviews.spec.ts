import { queryUnscoped } from '../../../src/adapters/postgres/database-roles.js';
import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { ReviewExemption } from '../../../src/application/queries/review-exemption.js';
import { RecordEffectFailure } from '../../../src/application/record-effect-failure.js';
import { RevokeExemption } from '../../../src/application/revoke-exemption.js';
import { SetRestartPlan } from '../../../src/application/set-restart-plan.js';
import type { RestartMode } from '../../../src/domain/enforcement/restart-plan.js';
import { putAddress, withAddress } from './furnished.js';
import { approver, by, customer, reviewer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const hourMs = 3_600_000;

let world: EmulatedWorld;
beforeEach(async () => {
  world = await createEmulatedWorld();
});
afterEach(() => world.close());

async function addressOf({ client }: Granted, machine: string): Promise<string> {
  const path = client.resource('Microsoft.Network/publicIPAddresses', `${machine}-ip`);
  const { body } = await client.arm('GET', path);
  return (body as { properties: { ipAddress?: string } }).properties.ipAddress ?? 'none';
}

/** An exemption that has become effective; its machines were restarted, unless they were off. */
async function effective(
  machines: readonly string[],
  allocation: string | null,
  mode: RestartMode = 'managed',
): Promise<Granted> {
  const right = await granted(world, 0, machines, { furnish: withAddress(allocation) });
  const plan = { mode, window: null, maxUnavailable: 3, canary: false };
  await world.verb(SetRestartPlan).run(by(customer), { exemptionId: right.exemptionId, plan });
  await world.work();
  await world.live(2, 5_000);
  return right;
}

const page = ({ exemptionId }: Granted) => world.verb(FindExemption).run(by(customer), exemptionId);
const review = ({ exemptionId }: Granted) => world.verb(ReviewExemption).run(by(reviewer), exemptionId);
const told = async ({ exemptionId }: Granted) => {
  const sql = `SELECT facts FROM timeline_entries WHERE event = 'addresses-not-ready' AND facts ->> 'exemptionId' = $1`;
  const { rows } = await queryUnscoped(world.dataSource, sql, [exemptionId]);
  return (rows as readonly { readonly facts: { readonly machines: string } }[]).map(
    ({ facts }) => facts.machines,
  );
};
const looks = () =>
  world.emulator.world.calls.since(undefined).filter(({ path }) => path.endsWith('/publicIPAddresses'))
    .length;

describe('addresses that machines came back with', () => {
  it('are told to their owner with what to do for each, and to staff with what was found', async () => {
    const right = await effective(['mx1', 'mx2'], 'Dynamic');
    const [one, other] = [await addressOf(right, 'mx1'), await addressOf(right, 'mx2')];
    const { state, addressReview } = await page(right);
    expect(state).toBe('effective');
    expect(addressReview).toMatchObject({ ready: false, more: 0, notes: [], problem: null });
    expect(
      addressReview?.addresses.map(({ machine, address, ready, notes }) => [
        machine,
        address,
        ready,
        notes.map(({ code }) => code),
      ]),
    ).toEqual([
      ['mx1', one, false, ['reverse-dns-missing', 'spf-names-another']],
      ['mx2', other, false, ['reverse-dns-missing', 'spf-names-another']],
    ]);
    for (const { message } of addressReview?.addresses[0]?.notes ?? []) expect(message).toContain(one);
    expect(await told(right)).toEqual([`2 machines (mx1 (${one}), mx2 (${other}))`]);
    const { addressFindings } = await review(right);
    expect(
      addressFindings.map(({ address, check, outcome }) => `${address ?? 'domains'} ${check} ${outcome}`),
    ).toEqual([
      ...[one, other].flatMap((address) => [
        `${address} missing-reverse-dns warn`,
        `${address} ip-on-blocklist pass`,
        `${address} address-not-in-spf warn`,
      ]),
      'domains sender-domain-unready pass',
    ]);
    expect(JSON.stringify(addressReview)).not.toContain('mx1.example.com'); // what was found is nobody’s outside
  });

  it('are looked at again until DNS speaks of them, and the owner is told once', async () => {
    const right = await effective(['mx1'], 'Dynamic');
    world.outside.dns.hostAddress = await addressOf(right, 'mx1');
    world.pass(hourMs - 150_000); // the look was in the last two minutes
    await world.work();
    expect((await page(right)).addressReview?.ready).toBe(false);
    world.pass(150_000);
    await world.work();
    expect((await page(right)).addressReview).toMatchObject({ ready: true, notes: [] });
    expect(await told(right)).toHaveLength(1);
    const before = looks();
    for (let day = 0; day < 9; day += 1) {
      world.pass(24 * hourMs);
      await world.work();
    }
    expect(looks()).toBe(before); // all is well: nobody asks any more
  });

  it('are asked for a bounded number of times where nobody mends them', async () => {
    const right = await effective(['mx1'], 'Dynamic');
    const before = looks();
    for (let hour = 0; hour < 24 * 14; hour += 1) {
      world.pass(hourMs);
      await world.work();
    }
    expect(looks() - before).toBe(5);
    expect((await page(right)).addressReview?.ready).toBe(false);
    expect(await told(right)).toHaveLength(1);
  });

  it('are unknown while DNS does not answer: nothing follows from it, and nobody is told (I17)', async () => {
    world.outside.dns.blind = true;
    const right = await effective(['mx1'], 'Dynamic');
    const { addressReview } = await page(right);
    expect(addressReview?.ready).toBeNull();
    expect(addressReview?.addresses[0]?.notes.map(({ code }) => code)).toEqual(['could-not-be-told']);
    expect(await told(right)).toEqual([]);
  });

  it('are not spoken of where the cloud does not say them; it is asked again soon, and then not any more', async () => {
    const right = await granted(world, 0, ['mx1'], { furnish: withAddress('Dynamic') });
    await right.client.fault({
      kind: 'error',
      status: 403,
      code: 'AuthorizationFailed',
      match: { path: 'publicIPAddresses' },
    });
    const plan = { mode: 'managed', window: null, maxUnavailable: 3, canary: false } as const;
    await world.verb(SetRestartPlan).run(by(customer), { exemptionId: right.exemptionId, plan });
    await world.work();
    await world.live(2, 5_000);
    expect((await page(right)).addressReview).toMatchObject({
      lookedAt: null,
      addresses: [],
      problem: {
        code: 'addresses-not-seen',
        message: expect.stringContaining('AuthorizationFailed') as string,
      },
    });
    const before = looks();
    await world.live(180);
    expect(looks() - before).toBeLessThanOrEqual(7);
    expect((await page(right)).addressReview?.problem?.message).toContain('It is not asked any more');
  });

  it('that are not seen yet are looked for soon, and never as if there were none (I17)', async () => {
    const right = await effective(['mx1'], null);
    expect((await page(right)).addressReview).toMatchObject({
      ready: null,
      addresses: [],
      problem: { code: 'addresses-not-assigned', message: expect.stringContaining('mx1') as string },
    });
    await putAddress(right.client, 'mx1', 'Dynamic');
    await right.client.power('mx1', 'deallocate');
    await world.live(1);
    await right.client.power('mx1', 'start');
    await world.live(8);
    const address = await addressOf(right, 'mx1');
    expect((await page(right)).addressReview).toMatchObject({ addresses: [{ address }], problem: null });
  });

  it('that are never seen are looked for a bounded number of times', async () => {
    await effective(['mx1'], null);
    const before = looks();
    for (let hour = 0; hour < 24 * 14; hour += 1) {
      world.pass(hourMs);
      await world.work();
    }
    expect(looks() - before).toBeLessThanOrEqual(11); // six soon, five within the week
  });

  it('are none where the address is static, or no machine was restarted: nothing is said', async () => {
    const kept = await effective(['mx1'], 'Static');
    expect(await page(kept)).toMatchObject({ state: 'effective', addressReview: null });
    const before = looks();
    const empty = await effective([], 'Dynamic');
    expect(await page(empty)).toMatchObject({ state: 'effective', addressReview: null });
    expect(looks()).toBe(before);
  });

  it('are looked at where their owner restarted the machine, and when a resting one has started', async () => {
    const right = await granted(world, 0, ['mx1'], { furnish: withAddress('Dynamic') });
    await right.client.power('mx1', 'deallocate');
    const plan = { mode: 'observed', window: null, maxUnavailable: 3, canary: false } as const;
    await world.verb(SetRestartPlan).run(by(customer), { exemptionId: right.exemptionId, plan });
    await world.work();
    await world.live(2, 5_000);
    expect(await page(right)).toMatchObject({ state: 'effective', addressReview: null });
    await right.client.power('mx1', 'start');
    await world.live(30);
    const address = await addressOf(right, 'mx1');
    expect((await page(right)).addressReview?.addresses).toMatchObject([{ machine: 'mx1', address }]);
  });

  it('are looked at for machines that came back, and not for one that was made since', async () => {
    const right = await effective(['mx1'], 'Dynamic');
    await world.live(10);
    const before = looks();
    await right.client.create('mx2', await withAddress('Dynamic')(right.client, 'mx2'));
    await world.live(20);
    expect((await right.rows()).map(({ state }) => state)).toEqual(['restarted', 'created-after']);
    expect(looks()).toBe(before);
  });

  it('are looked at once for machines that come back one after another, and take no wait of the week', async () => {
    const machines = ['mx1', 'mx2', 'mx3', 'mx4'];
    const right = await granted(world, 0, machines, { furnish: withAddress('Dynamic') });
    for (const name of machines.slice(1)) await right.client.power(name, 'deallocate');
    await right.setPlan({ mode: 'managed', window: null, maxUnavailable: 4, canary: false });
    await world.work();
    await world.live(12);
    expect((await page(right)).addressReview?.addresses).toHaveLength(1);
    const before = looks();
    for (const name of machines.slice(1)) {
      await right.client.power(name, 'start');
      await world.live(5);
    }
    await world.live(12);
    expect((await page(right)).addressReview?.addresses).toHaveLength(4);
    expect(looks() - before).toBeLessThanOrEqual(3);
    const since = looks();
    for (let hour = 0; hour < 24 * 14; hour += 1) {
      world.pass(hourMs);
      await world.work();
    }
    expect(looks() - since).toBe(5);
  });

  it('are looked at when a cycle of ours ends in an effective exemption', async () => {
    const minuteMs = 60_000;
    const right = await effective(['mx1'], 'Dynamic');
    world.manners({ delayMs: 20 * minuteMs, duplicates: 0, shuffle: false, caseChanges: false });
    const cycled = async () => {
      await right.client.power('mx1', 'deallocate');
      world.pass(2_000);
      await right.client.power('mx1', 'start');
      world.pass(2_000);
    };
    await right.whileSuspended(cycled, 7);
    await world.live(1);
    const address = await addressOf(right, 'mx1');
    expect((await page(right)).addressReview?.addresses).toMatchObject([{ address }]);
    await world.live(30);
    expect(right.orders('mx1')).toEqual([
      'deallocate',
      'start',
      'deallocate',
      'start',
      'deallocate',
      'start',
    ]);
    const another = await addressOf(right, 'mx1');
    expect(another).not.toBe(address);
    expect((await page(right)).addressReview?.addresses).toMatchObject([{ address: another }]);
  });

  it('are forgotten when the right ends', async () => {
    const right = await effective(['mx1'], 'Dynamic');
    const version = (await right.exemption())?.version ?? 0;
    const { exemptionId } = right;
    const order = { exemptionId, reasonCode: 'terms-violated', violationId: null, internalReason: 'a test' };
    await world.verb(RevokeExemption).run(by(approver, version), order);
    await world.work();
    expect((await page(right)).addressReview).toBeNull();
    await world.live(5, 5_000);
    expect(await page(right)).toMatchObject({ state: 'revoked', addressReview: null });
    expect((await queryUnscoped(world.dataSource, 'SELECT * FROM address_reviews')).rows).toEqual([]);
  });

  it('that could not be looked at are given up with words (I13)', async () => {
    const right = await effective(['mx1'], 'Dynamic');
    const effects = await queryUnscoped(
      world.dataSource,
      `SELECT id FROM effects WHERE type = 'review-addresses'`,
    );
    const [{ id }] = effects.rows as [{ id: string }];
    const stored = await world.unitOfWork.read({ actor: reviewer }, (tx) => tx.effects.find(id));
    if (stored === null) throw new Error('no such effect');
    await world.verb(RecordEffectFailure).run(stored);
    expect((await page(right)).addressReview).toMatchObject({
      addresses: [{ machine: 'mx1' }],
      problem: { code: 'address-review-given-up' },
    });
  });
});
