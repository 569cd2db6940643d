import { countNeeds } from '../../../src/adapters/postgres/count-needs.js';
import { EndOverdue } from '../../../src/application/end-overdue.js';
import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { ListExemptions } from '../../../src/application/queries/list-exemptions.js';
import { RequestHistoryQuery } from '../../../src/application/queries/request-history.js';
import { RetryRestart } from '../../../src/application/retry-restart.js';
import { systemActor } from '../../../src/domain/access/actor.js';
import { ComputeControlPlane } from '../../../src/domain/ports/compute-control-plane.js';
import { by, customer, reviewer } from './people.js';
import {
  carryOut,
  createEmulatedWorld,
  granted,
  type EmulatedWorld,
  type Granted,
} from './emulated-world.js';

const secondMs = 1_000;
const managed = { mode: 'managed', window: null, maxUnavailable: 1, canary: false } as const;
const lastsMs = 86_400 * secondMs;
const cycle = ['deallocate', 'start'];

let world: EmulatedWorld;
beforeEach(async () => {
  world = await createEmulatedWorld();
});
afterEach(() => world.close());

const deny = ({ client }: Granted, ...denied: readonly string[]) =>
  client.control('PUT', `/subscriptions/${client.subscription}/rights`, { denied });
const gateIsDown = ({ client }: Granted) => {
  const match = { path: `/subscriptions/${client.subscription}/gate` };
  return client.fault({ kind: 'error', status: 503, code: 'ServerBusy', match });
};
const gateAnswers = ({ client }: Granted) => client.control('DELETE', '/faults');

/** The gate is asked again at some time, and answers. */
async function answersNow(right: Granted): Promise<void> {
  await gateAnswers(right);
  world.pass(300 * secondMs);
  for (const { id, epoch, type } of await world.ledger.claimDue(100, world.clock.now())) {
    const taken = type === 'move-gate' ? await world.ledger.takeLease(id, epoch, 60_000) : null;
    if (taken !== null) await carryOut(world.verb, taken.effect.effect, taken.lease);
  }
}

/** mx1 was stopped under the open gate; then the gate is ordered on, and mx1 must not be started. */
async function stoppedBefore(
  order: (right: Granted) => Promise<unknown>,
  machines: readonly string[] = ['mx1'],
): Promise<Granted> {
  const right = await granted(world, 0, machines, { lastsMs });
  await world.live(10, 30 * secondMs);
  await right.setPlan(managed);
  for (let second = 0; right.orders('mx1').length === 0; second += 1) {
    if (second > 120) throw new Error('not stopped in two minutes');
    await world.work();
    world.pass(secondMs);
  }
  await deny(right, 'Microsoft.Compute/virtualMachines/start/action');
  await order(right);
  await world.live(5, 15 * secondMs);
  expect(await stands(right)).toContain('mx1 blocked');
  return right;
}
const suspendedUnanswered = async (right: Granted) => {
  await gateIsDown(right);
  await right.suspend();
};
const stands = async (right: Granted) => (await right.rows()).map(({ name, state }) => `${name} ${state}`);
async function toldTo({ exemption }: Granted): Promise<readonly string[]> {
  const { requestId = '' } = (await exemption()) ?? {};
  const { items } = await world.verb(RequestHistoryQuery).run(by(customer), requestId, 0, 1_000);
  return items.flatMap(({ event, code }) =>
    event.startsWith('machines-') ? [`${event} ${code ?? ''}`] : [],
  );
}
async function needing({ exemptionId }: Granted): Promise<string | null> {
  const query = { states: null, subscriptionId: null, needsHuman: true } as const;
  const { items } = await world.verb(ListExemptions).run(by(reviewer), query, { after: null, limit: 200 });
  return items.find(({ id }) => id === exemptionId)?.humanNeededFor?.code ?? null;
}
const incident = { exemptions: 1, machinesDown: 1 };
const downAndThrough = ['machines-down missing-right', 'machines-through missing-right'];

describe('a machine that Postern stopped, while the gate does not answer', () => {
  it('is told to its owner and an engineer, and is started once it may be: that waits for no gate (I18)', async () => {
    const right = await stoppedBefore(suspendedUnanswered);
    expect(await toldTo(right)).toEqual(downAndThrough.slice(0, 1));
    expect(world.called.map(({ need }) => need.code)).toEqual(['machines-down']);
    expect(await countNeeds(world.dataSource)).toEqual(incident);
    await deny(right);
    await world.live(20, 30 * secondMs);
    expect(right.orders('mx1')).toEqual(cycle);
    expect(await toldTo(right)).toEqual(downAndThrough);
    expect(await countNeeds(world.dataSource)).toMatchObject({ machinesDown: 0 });
  });

  it('is started at once where an engineer has it tried again (I18)', async () => {
    const right = await stoppedBefore(suspendedUnanswered);
    await deny(right);
    const [row] = await right.rows();
    const order = { exemptionId: right.exemptionId, vmId: row?.vmId ?? '', reason: 'the right is back' };
    await world.verb(RetryRestart).run(by(reviewer), order);
    await world.live(2, 10 * secondMs);
    expect(right.orders('mx1')).toEqual(cycle);
  });

  it('has nothing concluded of it or of others: those wait for the answer, and then are proven (I6, I7, F23)', async () => {
    const right = await stoppedBefore(
      async (given) => {
        await gateIsDown(given);
        await given.revoke();
      },
      ['mx1', 'mx2'],
    );
    await deny(right);
    await world.live(60, 60 * secondMs);
    const page = () => world.verb(FindExemption).run(by(customer), right.exemptionId);
    expect(await page()).toMatchObject({ state: 'revoking', problem: { code: 'gate-unavailable' } });
    expect(right.orders('mx2')).toEqual([]);
    await gateAnswers(right);
    await world.live(20, 15 * secondMs);
    expect(await page()).toMatchObject({ state: 'revoked', stillOpen: 0 });
    expect(await right.client.wire()).toEqual(['mx1 running closed', 'mx2 running closed']);
  });

  it('is started under a disputed gate, too, which still needs its Operator after that (I18, F21)', async () => {
    const right = await stoppedBefore(async (given) => {
      await given.client.gate('closed', 40);
      await given.suspend();
    });
    expect(await needing(right)).toBe('machines-down');
    await deny(right);
    await world.live(20, 30 * secondMs);
    expect(right.orders('mx1')).toEqual(cycle);
    expect(await needing(right)).toBe('gate-disputed');
  });

  it('is started after the end of its right, too, while the gate of the next one does not open (I18)', async () => {
    const right = await stoppedBefore(() => {
      world.pass(lastsMs);
      return world.verb(EndOverdue).run();
    });
    await world.live(10, 15 * secondMs);
    expect((await right.exemption())?.state).toBe('expired');
    await gateIsDown(right);
    const facts = await world.register({ subscriptionId: right.client.subscription });
    await world.approve(reviewer, await world.reviewed(facts));
    await world.live(2, 15 * secondMs);
    await deny(right);
    await world.live(20, 30 * secondMs);
    expect(right.orders('mx1')).toEqual(cycle);
    expect(await toldTo(right)).toEqual(downAndThrough);
  });

  it('does not make a look count that was sent before the answer: machines are listed after it only (I7)', async () => {
    const right = await stoppedBefore(suspendedUnanswered);
    // A machine that nobody knows has the look list them all, and meanwhile the gate answers.
    await right.client.create('mx9');
    const cloud = world.ports.get(ComputeControlPlane) as ComputeControlPlane;
    let isAnswered = false;
    const answeringMeanwhile = Object.assign(Object.create(cloud) as ComputeControlPlane, {
      listMachines: async (...asked: Parameters<ComputeControlPlane['listMachines']>) => {
        const listing = await cloud.listMachines(...asked);
        if (!isAnswered) await answersNow(right);
        isAnswered = true;
        return listing;
      },
    });
    world.ports.set(ComputeControlPlane, answeringMeanwhile);
    await world.live(5, 15 * secondMs);
    expect(isAnswered).toBe(true);
    const { gate, note } = await world.unitOfWork.read({ actor: systemActor('move-gate') }, async (tx) => ({
      gate: await tx.gates.find(right.client.subscription),
      note: await tx.conduct.find(right.exemptionId),
    }));
    const margin = Date.parse(note?.firstListedAt ?? '') - Date.parse(gate?.confirmedAt ?? '');
    expect(margin).toBeGreaterThanOrEqual(0);
  });
});
