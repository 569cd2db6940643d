import { randomUUID } from 'node:crypto';
import { queryUnscoped } from '../../../src/adapters/postgres/database-roles.js';
import { KeepPreview } from '../../../src/application/keep-preview.js';
import { ReviewRequest } from '../../../src/application/queries/review-request.js';
import { RecheckRequest } from '../../../src/application/recheck-request.js';
import { RecordEffectFailure } from '../../../src/application/record-effect-failure.js';
import { SetRestartPlan } from '../../../src/application/set-restart-plan.js';
import type { RequestView } from '../../../src/application/views/request-view.js';
import { WithdrawRequest } from '../../../src/application/withdraw-request.js';
import type { Caller } from '../../../src/domain/access/actor.js';
import { addresses, broken, machine, sceneOf } from '../../../src/domain/enforcement/preview.examples.js';
import { defaultRestartPlan } from '../../../src/domain/enforcement/restart-plan.js';
import { type RestartScene, RestartScenes } from '../../../src/domain/ports/restart-scenes.js';
import type { SubscriptionFacts } from '../../../src/domain/subscription/subscription.js';
import {
  by,
  customer,
  customerTenant,
  partner,
  partnerTenant,
  reviewer,
  stranger,
  strangerTenant,
} from './people.js';
import { createVerbWorld, csp, refusalOf, type VerbWorld } from './verb-world.js';

const machines = [machine('mx1'), machine('mx2'), machine('mx3')];
const inTenant = (tenantId: string): Partial<RestartScene> => ({
  subscription: { kind: 'found', state: 'Enabled', tenantId, tags: {} },
});
const well = sceneOf(machines, {
  ...inTenant(customerTenant),
  publicAddresses: addresses(machines, 'dynamic'),
});
const managed = { ...defaultRestartPlan, mode: 'managed' } as const;

/** A cloud as the test says, which counts who looks. */
class Scenes extends RestartScenes {
  shown = well;
  readonly looks: string[] = [];
  override look(subscriptionId: string): Promise<RestartScene> {
    this.looks.push(subscriptionId);
    return Promise.resolve(this.shown);
  }
}

let scenes: Scenes;
let world: VerbWorld;
let facts: SubscriptionFacts;
beforeEach(async () => {
  scenes = new Scenes();
  world = await createVerbWorld('P3', [[RestartScenes, scenes]]);
  facts = await world.register();
});
afterEach(() => world.close());

/** Carries out what is due of the looks, as a worker does; how many there were. */
async function look(): Promise<number> {
  const due = await world.ledger.claimDue(500, world.clock.now());
  const looks = due.filter(({ type }) => type === 'preview-restarts');
  const others = due.filter(({ type }) => type !== 'preview-restarts').map(({ id }) => id);
  await world.ledger.returnToPending(others, world.clock.now());
  for (const { id, epoch } of looks) {
    const taken = await world.ledger.takeLease(id, epoch, 60_000);
    if (taken?.effect.effect.type === 'preview-restarts')
      await world.verb(KeepPreview).run(taken.effect.effect, taken.lease);
  }
  return looks.length;
}
const page = (id: string, actor: Caller = customer) => world.find(actor, id);
const review = (id: string) => world.verb(ReviewRequest).run(by(reviewer), id);
const kept = async () => (await queryUnscoped(world.dataSource, 'SELECT * FROM restart_previews')).rows;
const passMinutes = (minutes: number) => world.clock.passMs(minutes * 60_000);
const file = (differs = {}): Promise<RequestView> =>
  world.submit(customer, facts, { restart: managed, ...differs });

describe('the pages of an undecided request', () => {
  it('say what restarting its machines would do once a worker has looked, and ask the cloud nothing', async () => {
    const { id } = await file();
    expect(await page(id)).toMatchObject({ preview: null, previewUnavailable: null });
    const lookedAt = world.clock.now();
    expect(await look()).toBe(1);
    passMinutes(90);
    const shown = await page(id);
    expect(shown.preview).toMatchObject({ lookedAt, machines: 3, running: 3, duration: { waves: 3 } });
    expect(shown.preview?.losesAddress?.machines[0]?.message).toMatch(/^mx1 loses its address/);
    expect((await review(id)).preview).toEqual(shown.preview);
    expect(scenes.looks).toEqual([facts.subscriptionId]);
    expect(await refusalOf(page(id, stranger))).toEqual(['not-found', 'not-found']);
  });

  it('show a partner that filed what its customer sees, and nothing once their relationship has ended (I12)', async () => {
    await world.relate('active');
    facts = await world.register({ offer: csp, partnerTenantId: partnerTenant });
    const consent = { givenBy: 'Ada', givenAt: world.clock.now(), reference: 'mail of today' };
    const onBehalfOf = { customerTenantId: customerTenant, consent };
    const { id } = await world.submit(partner, facts, { onBehalfOf });
    await look();
    const theirs = (await page(id, partner)).preview;
    expect([theirs?.machines, theirs]).toEqual([3, (await page(id)).preview]);
    await world.relate('terminated');
    expect(await refusalOf(page(id, partner))).toEqual(['not-found', 'not-found']);
  });

  it('are seen to once a day, and at once where the checks are run again', async () => {
    const { id } = await file();
    expect([await look(), await look()]).toEqual([1, 0]);
    await world.runChecks();
    const { version } = await page(id);
    await world.verb(RecheckRequest).run(by(reviewer, version), { requestId: id, reason: 'again' });
    expect([await look(), await look()]).toEqual([1, 0]);
    passMinutes(1_439);
    expect(await look()).toBe(0);
    passMinutes(1);
    expect(await look()).toBe(1);
    expect((await page(id)).preview?.lookedAt).toBe(world.clock.now());
  });

  it('say why there is none, or none that is newer, and look again a bounded number of times (I16, I17)', async () => {
    const { id } = await file();
    scenes.shown = sceneOf([], { machines: broken('http-503'), ...inTenant(customerTenant) });
    await look();
    expect(await page(id)).toMatchObject({
      preview: null,
      previewUnavailable: { code: 'cloud-did-not-answer' },
    });
    for (const minutes of [1, 2, 4, 8, 16, 32]) {
      passMinutes(minutes);
      expect([await look(), await look()]).toEqual([1, 0]);
    }
    passMinutes(1_439);
    expect(await look()).toBe(0);
    scenes.shown = well;
    passMinutes(1_440);
    await look();
    expect(await page(id)).toMatchObject({ preview: { machines: 3 }, previewUnavailable: null });
  });

  it('show nobody what went to another tenant, and keep nothing of it (OWASP API1)', async () => {
    const { id } = await file();
    await look();
    scenes.shown = { ...well, ...inTenant(strangerTenant) };
    passMinutes(1_440);
    await look();
    const unavailable = { previewUnavailable: { code: 'subscription-in-another-tenant' } };
    expect(await page(id)).toMatchObject({ preview: null, ...unavailable });
    expect(await review(id)).toMatchObject({ preview: null, ...unavailable });
    expect(JSON.stringify(await kept())).not.toContain('mx1');
  });

  it('say so where the work on it was given up (I13)', async () => {
    const { id } = await file();
    const [effect] = await world.unitOfWork.read({ actor: reviewer }, (tx) =>
      tx.effects
        .list({ state: null, after: null, limit: 100 })
        .then((all) => all.filter((one) => one.effect.type === 'preview-restarts')),
    );
    if (effect === undefined) throw new Error('nobody looks');
    await world.verb(RecordEffectFailure).run(effect);
    expect(await page(id)).toMatchObject({
      preview: null,
      previewUnavailable: { code: 'preview-given-up' },
    });
  });
});

describe('a preview that nobody needs any more', () => {
  it('goes within a day after its request came to nothing, and the cloud is not asked for it', async () => {
    const { id } = await file();
    await look();
    await world.verb(WithdrawRequest).run(by(customer), { requestId: id, reason: null });
    expect(await page(id)).toMatchObject({ preview: null, previewUnavailable: null });
    passMinutes(1_440);
    expect(await look()).toBe(1);
    expect([await kept(), scenes.looks.length]).toEqual([[], 1]);
    passMinutes(1_440);
    expect(await look()).toBe(0);
  });

  it('is history once the first machine has begun; until then it follows every change of the plan', async () => {
    const { id } = await file();
    await look();
    await world.runChecks();
    const { exemption } = await world.approve(reviewer, await page(id));
    const exemptionId = exemption?.id ?? '';
    expect((await page(id)).preview?.duration).toMatchObject({ waves: 3 });
    const plan = { ...managed, maxUnavailable: 3, canary: false };
    await world.verb(SetRestartPlan).run(by(customer), { exemptionId, plan });
    expect((await page(id)).preview?.duration).toMatchObject({ waves: 1 });
    expect(scenes.looks).toHaveLength(1);
    const restart = (state: string, ours: boolean) =>
      queryUnscoped(
        world.dataSource,
        `INSERT INTO restarts (id, state, version, exemption_id, request_id, subscription_id, tenant_id, vm_id, direction,
           fence, resource_id, name, found, stopped_by_us) VALUES ($1, $2, 1, $3, $4, $5, $6, gen_random_uuid(), 'enable', 1, '/vm', 'mx', 'running', $7)`,
        [randomUUID(), state, exemptionId, id, facts.subscriptionId, facts.tenantId, ours],
      );
    await restart('waiting', false);
    expect((await page(id)).preview?.machines).toBe(3);
    await restart('deallocating', true);
    expect(await page(id)).toMatchObject({ preview: null, previewUnavailable: null });
    passMinutes(1_440);
    await look();
    expect([await kept(), scenes.looks.length]).toEqual([[], 1]);
  });
});
