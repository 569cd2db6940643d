import { applyEvent } from '../../../src/application/apply-event.js';
import { ListExemptionMachines } from '../../../src/application/queries/list-exemption-machines.js';
import { RecordEffectFailure } from '../../../src/application/record-effect-failure.js';
import { RetryRestart } from '../../../src/application/retry-restart.js';
import { SkipRestart } from '../../../src/application/skip-restart.js';
import { systemActor } from '../../../src/domain/access/actor.js';
import { restartLifecycle } from '../../../src/domain/enforcement/restart.lifecycle.js';
import type { Direction } from '../../../src/domain/enforcement/restart.js';
import { by, customer, customerTenant, reviewer, stranger } from './people.js';
import { createVerbWorld, refusalOf, type VerbWorld } from './verb-world.js';

let world: VerbWorld;
let exemption: { readonly id: string; readonly requestId: string; readonly subscriptionId: string };
beforeEach(async () => {
  world = await createVerbWorld();
  const request = await world.reviewed(await world.register());
  const approved = await world.approve(reviewer, request);
  const id = approved.exemption?.id ?? '';
  exemption = { id, requestId: request.id, subscriptionId: request.subscriptionId };
});
afterEach(() => world.close());

const actor = systemActor('conduct-restarts');
let planned = 0;
/** A machine that a look planned. */
async function plan(name: string, direction: Direction, fence: number): Promise<string> {
  planned += 1;
  const id = `50000000-0000-4000-8000-${String(planned).padStart(12, '0')}`;
  const event = {
    type: 'planned',
    exemptionId: exemption.id,
    requestId: exemption.requestId,
    subscriptionId: exemption.subscriptionId,
    tenantId: customerTenant,
    vmId: `vm-${name}`,
    direction,
    fence,
    resourceId: `/subscriptions/${exemption.subscriptionId}/x/${name}`,
    name,
    found: 'running',
    blocker: null,
    as: 'waiting',
  } as const;
  await world.unitOfWork.run({ actor, traceId: null }, (tx) =>
    applyEvent(tx, restartLifecycle, null, id, event, { actor, now: world.clock.now() }),
  );
  return id;
}
const steer = (vmId: string) => ({ exemptionId: exemption.id, vmId, reason: 'by telephone' });

describe('a machine', () => {
  it('is left alone when an engineer says so, and taken up again when they say that', async () => {
    await plan('web-1', 'enable', 1);
    const skipped = await world.verb(SkipRestart).run(by(reviewer), steer('vm-web-1'));
    expect(skipped.state).toBe('skipped');
    const retried = await world.verb(RetryRestart).run(by(reviewer), steer('vm-web-1'));
    expect(retried.state).toBe('waiting');
    const nowhere = world.verb(SkipRestart).run(by(reviewer), steer('vm-web-9'));
    expect(await refusalOf(nowhere)).toEqual(['not-found', 'not-found']);
  });

  it('is never skipped in a revocation (I7)', async () => {
    await plan('web-1', 'revoke', 2);
    const attempt = world.verb(SkipRestart).run(by(reviewer), steer('vm-web-1'));
    expect(await refusalOf(attempt)).toEqual(['conflict', 'revocation-cannot-skip']);
  });

  it('whose steps gave up for good has failed, and waits for a human (I13)', async () => {
    const restartId = await plan('web-1', 'enable', 1);
    await world.verb(RecordEffectFailure).run({
      id: '60000000-0000-4000-8000-000000000001',
      effect: { type: 'restart-vm', restartId },
      state: 'dead',
      epoch: 1,
      attempts: 8,
      losses: 0,
      dueAt: world.clock.now(),
      createdAt: world.clock.now(),
      lastError: 'Error',
    });
    const retried = await world.verb(RetryRestart).run(by(reviewer), steer('vm-web-1'));
    expect(retried.state).toBe('waiting');
  });
});

describe('the tracker', () => {
  it('shows one row a machine, of its latest order, by name and page by page', async () => {
    await plan('web-2', 'enable', 1);
    await plan('web-1', 'enable', 1);
    await plan('web-2', 'revoke', 2);
    const list = world.verb(ListExemptionMachines);
    const first = await list.run(by(customer), exemption.id, { after: null, limit: 1 });
    const second = await list.run(by(customer), exemption.id, { after: first.next, limit: 1 });
    expect([...first.items, ...second.items].map(({ name, direction }) => [name, direction])).toEqual([
      ['web-1', 'enable'],
      ['web-2', 'revoke'],
    ]);
    expect(first.items[0]).toMatchObject({
      state: 'waiting',
      powerState: 'unknown',
      exempt: false,
      evidence: [],
    });
    expect(second.next).toBeNull();
    const foreign = list.run(by(stranger), exemption.id, { after: null, limit: 1 });
    expect(await refusalOf(foreign)).toEqual(['not-found', 'not-found']);
  });
});
