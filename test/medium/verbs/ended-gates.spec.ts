import { AdoptGateFence } from '../../../src/application/adopt-gate-fence.js';
import { applyEvent } from '../../../src/application/apply-event.js';
import { MoveGate } from '../../../src/application/move-gate.js';
import { ListExemptions } from '../../../src/application/queries/list-exemptions.js';
import { ReviewExemption } from '../../../src/application/queries/review-exemption.js';
import { RevokeExemption } from '../../../src/application/revoke-exemption.js';
import { WatchEndedGates } from '../../../src/application/watch-ended-gates.js';
import { systemActor } from '../../../src/domain/access/actor.js';
import { exemptionLifecycle } from '../../../src/domain/exemption/exemption.lifecycle.js';
import { gateLifecycle } from '../../../src/domain/gate/gate.lifecycle.js';
import { GateControl } from '../../../src/domain/ports/gate-control.js';
import type { SubscriptionFacts } from '../../../src/domain/subscription/subscription.js';
import { FakeCloud } from '../../support/fake-cloud.js';
import { approver, by, customer, operator, reviewer } from './people.js';
import { createVerbWorld, refusalOf, type VerbWorld } from './verb-world.js';

const gates = new FakeCloud();
const hourMs = 3_600_000;
const absurd = Number.MAX_SAFE_INTEGER;
let world: VerbWorld;
beforeEach(async () => {
  world = await createVerbWorld('P3', [[GateControl, gates]]);
  gates.calls.length = 0;
});
afterEach(() => world.close());

interface Right {
  readonly id: string;
  readonly subscriptionId: string;
}

/** Carries out what is due of the moves of gates. */
async function moveGates(): Promise<void> {
  for (const { id, epoch, type } of await world.ledger.claimDue(500, world.clock.now())) {
    const taken = type === 'move-gate' ? await world.ledger.takeLease(id, epoch, 60_000) : null;
    if (taken?.effect.effect.type === 'move-gate')
      await world.verb(MoveGate).run(taken.effect.effect, taken.lease);
  }
}

async function granted(facts?: SubscriptionFacts): Promise<Right> {
  const { subscriptionId } = facts ?? (await world.register());
  gates.createSubscription(subscriptionId);
  world.cloud.createSubscription(subscriptionId);
  const { id } = await world.submit(customer, { subscriptionId });
  await world.runChecks();
  const { exemption } = await world.approve(reviewer, await world.find(customer, id));
  await moveGates();
  return { id: exemption?.id ?? '', subscriptionId };
}

async function revoking(right: Right): Promise<void> {
  const ground = { reasonCode: 'terms-violated', violationId: null, internalReason: 'spam seen' };
  const { version } = await review(right);
  await world.verb(RevokeExemption).run(by(approver, version), { exemptionId: right.id, ...ground });
}

/** Revoked, its gate confirmed closed; without machines a worker ends it at its first look. */
async function revoked(facts?: SubscriptionFacts): Promise<Right> {
  const right = await granted(facts);
  await revoking(right);
  await moveGates();
  const actor = systemActor('test');
  await world.unitOfWork.run({ actor, traceId: null }, async (tx) => {
    const now = world.clock.now();
    const exemption = await tx.exemptions.lock({ kind: 'platform' }, right.id, now);
    if (exemption === null) throw new Error('no such exemption');
    const event = { type: 'closed', fence: exemption.fence } as const;
    await applyEvent(tx, exemptionLifecycle, exemption, right.id, event, { actor, now });
  });
  return right;
}

const review = ({ id }: Right) => world.verb(ReviewExemption).run(by(approver), id);
const gateOf = ({ subscriptionId }: Right) =>
  world.unitOfWork.read({ actor: reviewer }, (tx) => tx.gates.find(subscriptionId));
const watch = () => world.verb(WatchEndedGates).run();
async function needing(): Promise<readonly string[]> {
  const query = { states: null, subscriptionId: null, needsHuman: true } as const;
  const { items } = await world.verb(ListExemptions).run(by(reviewer), query, { after: null, limit: 200 });
  return items.map(({ id, humanNeededFor }) => `${id} ${humanNeededFor?.code ?? ''}`);
}

describe('the gate of a right that has ended', () => {
  it('that somebody opens is closed again above its own fence, and a human is called (I7)', async () => {
    const right = await revoked();
    await gates.move(right.subscriptionId, 'open', 7);
    expect(await watch()).toBe(1);
    expect(await gateOf(right)).toMatchObject({ state: 'closing', position: 'closed', fence: 8 });
    await moveGates();
    expect(await gates.read(right.subscriptionId)).toMatchObject({ position: 'closed', fence: 8 });
    expect(await gateOf(right)).toMatchObject({ state: 'closed', fence: 8 });
    expect(await needing()).toEqual([`${right.id} gate-opened-after-end`]);
    expect((await review(right)).humanNeededFor?.message).toMatch(/stop \(deallocate\) and start/);
  });

  it('that is closed is looked at once an hour, ten of them in a run, and nothing is written of it', async () => {
    for (let count = 0; count < 12; count += 1) await revoked();
    const closed = await revoked();
    const before = await gateOf(closed);
    gates.calls.length = 0;
    expect([await watch(), await watch(), await watch()]).toEqual([10, 3, 0]);
    expect(gates.calls.every((call) => call.startsWith('read '))).toBe(true);
    expect(new Set(gates.calls).size).toBe(13);
    world.clock.passMs(hourMs - 1);
    expect(await watch()).toBe(0);
    world.clock.passMs(1);
    expect(await watch()).toBe(10);
    expect([await gateOf(closed), await needing()]).toEqual([before, []]);
  });

  it('that serves another right by now is that right’s', async () => {
    const facts = await world.register();
    await revoked(facts);
    world.clock.pass(180);
    const second = await granted(facts);
    expect(await watch()).toBe(0);
    expect(await gateOf(second)).toMatchObject({ state: 'open', exemptionId: second.id });
  });

  it('that does not answer is looked at the next time', async () => {
    const right = await revoked();
    await gates.move(right.subscriptionId, 'open', 7);
    gates.answerWrongly('read', { kind: 'unavailable', code: 'no-answer', retryAfterSeconds: null });
    expect([await watch(), (await gateOf(right))?.state]).toEqual([1, 'closed']);
    world.clock.passMs(hourMs);
    expect([await watch(), (await gateOf(right))?.state]).toEqual([1, 'closing']);
  });

  it('that is open at an absurd fence is left to a human', async () => {
    const right = await revoked();
    await gates.move(right.subscriptionId, 'open', absurd);
    await watch();
    expect(await gateOf(right)).toMatchObject({ state: 'closed' });
    expect(await needing()).toEqual([`${right.id} gate-opened-after-end`]);
  });
});

describe('a gate that answers with an absurd fence', () => {
  it('is not believed: it is asked again, a human is called, and nobody adopts it (F21)', async () => {
    const right = await granted();
    gates.answerWrongly('move', { kind: 'fence-too-small', theirFence: absurd });
    await revoking(right);
    await moveGates();
    expect(await gateOf(right)).toMatchObject({ state: 'closing', fence: 2, theirFence: null });
    expect(await needing()).toEqual([`${right.id} gate-fence-absurd`]);
    const { subscriptionId } = right;
    const adopted = world.verb(AdoptGateFence).run(by(operator), { subscriptionId });
    expect(await refusalOf(adopted)).toEqual(['conflict', 'gate-not-disputed']);
    // Mended, it takes the very same order.
    world.clock.passMs(300_000);
    await moveGates();
    expect(await gateOf(right)).toMatchObject({ state: 'closed', fence: 2 });
  });

  it('and was believed by a version before is adopted by nobody', async () => {
    const right = await granted();
    await revoking(right);
    const actor = systemActor('move-gate');
    await world.unitOfWork.run({ actor, traceId: null }, async (tx) => {
      const gate = await tx.gates.lock(right.subscriptionId);
      const event = { type: 'disputed', fence: 2, theirFence: absurd } as const;
      await applyEvent(tx, gateLifecycle, gate, right.subscriptionId, event, {
        actor,
        now: world.clock.now(),
      });
    });
    const { subscriptionId } = right;
    const adopted = world.verb(AdoptGateFence).run(by(operator), { subscriptionId });
    expect(await refusalOf(adopted)).toEqual(['conflict', 'fence-not-believed']);
  });
});
