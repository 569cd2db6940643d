import { startEmulator } from '../../../emulator/emulator.js';
import { AzureActivityLog } from '../../../src/adapters/azure/activity-log.adapter.js';
import { ArmBudget } from '../../../src/adapters/azure/arm-budget.js';
import { ArmClient } from '../../../src/adapters/azure/arm-client.js';
import { AzureMachineSearch } from '../../../src/adapters/azure/resource-graph.adapter.js';
import { AzureCompute } from '../../../src/adapters/azure/azure-compute.adapter.js';
import { unsigned } from '../../../src/adapters/gate/gate-headers.js';
import { HttpGate } from '../../../src/adapters/gate/http-gate.adapter.js';
import { PostgresCallBudget } from '../../../src/adapters/postgres/postgres-call-budget.js';
import { ConcludeLook } from '../../../src/application/conclude-look.js';
import { ConductRestarts } from '../../../src/application/conduct-restarts.js';
import { LookAtMachines } from '../../../src/application/look-at-machines.js';
import { MoveGate } from '../../../src/application/move-gate.js';
import { RestartVm } from '../../../src/application/restart-vm.js';
import type { Effect } from '../../../src/domain/effects.js';
import { addMilliseconds } from '../../../src/domain/instants.js';
import { ActivityLog } from '../../../src/domain/ports/activity-log.js';
import { ComputeControlPlane } from '../../../src/domain/ports/compute-control-plane.js';
import type { EffectLease } from '../../../src/domain/ports/effect-store.js';
import { MachineSearch } from '../../../src/domain/ports/machine-search.js';
import { GateControl } from '../../../src/domain/ports/gate-control.js';
import { concurrency } from '../../../src/jobs/queues.js';
import { customer, customerTenant, reviewer } from '../verbs/people.js';
import { rightsLeftNothingOpen } from '../../support/world-truth.js';
import { createVerbWorld, settingsFor, type VerbWorld } from '../verbs/verb-world.js';

const { clockMarginMs } = settingsFor('P3');

/** No call of the test waits longer: what the real client gives half a minute. */
const patienceMs = 400;
const atOnce = concurrency['vm-restarts'];

/** One subscription whose machines are being made exempt. */
export interface Fleet {
  readonly subscriptionId: string;
  readonly exemptionId: string;
}

/**
 * The verbs of the worker with the real client, budget and database over the emulated cloud, on one simulated clock: it
 * jumps to what is due next when nothing is left to do, so that a storm of an hour takes seconds.
 */
export async function createFleetWorld() {
  const world = await createVerbWorld();
  const emulator = await startEmulator();
  const { clock, ports } = world;
  const budget = new ArmBudget(new PostgresCallBudget(world.dataSource, clock, { chance: () => 0 }));
  const credential = { token: () => Promise.resolve('any') };
  const client = new ArmClient(emulator.url, credential, patienceMs, budget);
  ports.set(ComputeControlPlane, new AzureCompute(client));
  ports.set(ActivityLog, new AzureActivityLog(client));
  ports.set(MachineSearch, new AzureMachineSearch(client));
  ports.set(GateControl, new HttpGate(`${emulator.url}/_control`, unsigned));
  ports.set(LookAtMachines, world.verb(LookAtMachines));
  ports.set(ConcludeLook, world.verb(ConcludeLook));
  emulator.world.clock.set(clock.now());
  // Machines that were there before the gate moved: one of the same instant waits until the log can tell where it was created.
  const fleets = (...sizes: readonly number[]) => {
    const setTo = (instant: string) => emulator.world.clock.set(instant);
    const putMachines = (put: () => void) => {
      setTo(addMilliseconds(clock.now(), -3_600_000));
      put();
      setTo(clock.now());
    };
    return grantedFleets(world, emulator.world.cloud, sizes, putMachines);
  };
  const passTo = (instant: string) => {
    clock.to(instant);
    emulator.world.clock.set(instant);
  };
  /** Throws where a right that has ended left a machine open, in whatever subscription (I19). */
  const close = async () => {
    try {
      const rules = { unitOfWork: world.unitOfWork, staff: reviewer, clockMarginMs };
      await rightsLeftNothingOpen(rules, emulator.url);
    } finally {
      await emulator.stop();
      await world.close();
    }
  };
  return { ...world, emulator, fleets, close, passTo, carryOutDue: () => carryOutDue(world) };
}

export type FleetWorld = Awaited<ReturnType<typeof createFleetWorld>>;
type Cloud = Awaited<ReturnType<typeof startEmulator>>['world']['cloud'];

/** Exemptions that were granted just now, each in a subscription of so many machines which may all be down at once. */
async function grantedFleets(
  world: VerbWorld,
  cloud: Cloud,
  sizes: readonly number[],
  putMachines: (put: () => void) => void,
): Promise<readonly Fleet[]> {
  const filed: string[] = [];
  for (const machines of sizes) {
    const facts = await world.register();
    const { subscription } = cloud.putSubscription(facts.subscriptionId, { tenantId: customerTenant });
    putMachines(() => {
      for (let index = 0; index < machines; index += 1)
        cloud.putMachine(subscription, 'rg', `mx${String(index)}`, { location: 'westeurope' });
    });
    const restart = { mode: 'managed', maxUnavailable: '100%', canary: false } as const;
    filed.push((await world.submit(customer, facts, { restart })).id);
  }
  await world.runChecks();
  const fleets: Fleet[] = [];
  for (const id of filed) {
    const { subscriptionId, exemption } = await world.approve(reviewer, await world.find(customer, id));
    fleets.push({ subscriptionId, exemptionId: exemption?.id ?? '' });
  }
  return fleets;
}

/** Carries out all that is due now, as many at once as a worker does; says how much that was. */
async function carryOutDue(world: VerbWorld): Promise<number> {
  const claimed = [...(await world.ledger.claimDue(500, world.clock.now()))];
  const due = claimed.length;
  const lane = async () => {
    for (let next = claimed.shift(); next !== undefined; next = claimed.shift()) {
      const taken = await world.ledger.takeLease(next.id, next.epoch, 60_000);
      if (taken !== null) await carryOut(world, taken.effect.effect, taken.lease);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return due;
}

function carryOut({ verb }: VerbWorld, effect: Effect, lease: EffectLease): Promise<void> {
  if (effect.type === 'move-gate') return verb(MoveGate).run(effect, lease);
  if (effect.type === 'conduct-restarts') return verb(ConductRestarts).run(effect, lease);
  if (effect.type === 'restart-vm') return verb(RestartVm).run(effect, lease);
  return Promise.resolve();
}
