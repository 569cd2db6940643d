import { CloudClient } from '../../../emulator/support/cloud-client.js';
import { startEmulator } from '../../../emulator/emulator.js';
import type { LogManners } from '../../../emulator/activity-log/activity-log.js';
import { AzureActivityLog } from '../../../src/adapters/azure/activity-log.adapter.js';
import { ArmClient } from '../../../src/adapters/azure/arm-client.js';
import { AzureMachineSearch } from '../../../src/adapters/azure/resource-graph.adapter.js';
import { AzureCompute } from '../../../src/adapters/azure/azure-compute.adapter.js';
import { unsigned } from '../../../src/adapters/gate/gate-headers.js';
import { AzureRestartScenes } from '../../../src/adapters/azure/azure-restart-scenes.adapter.js';
import { HttpGate } from '../../../src/adapters/gate/http-gate.adapter.js';
import { CallEngineer } from '../../../src/application/call-engineer.js';
import { ConductRestarts } from '../../../src/application/conduct-restarts.js';
import { MoveGate } from '../../../src/application/move-gate.js';
import { ListExemptionMachines } from '../../../src/application/queries/list-exemption-machines.js';
import { ReinstateExemption } from '../../../src/application/reinstate-exemption.js';
import { RestartVm } from '../../../src/application/restart-vm.js';
import { ReviewAddresses } from '../../../src/application/review-addresses.js';
import { RevokeExemption } from '../../../src/application/revoke-exemption.js';
import { SetRestartPlan } from '../../../src/application/set-restart-plan.js';
import { SuspendExemption } from '../../../src/application/suspend-exemption.js';
import { UndoLateStop } from '../../../src/application/undo-late-stop.js';
import type { MachineRow } from '../../../src/application/views/exemption-view.js';
import type { Effect } from '../../../src/domain/effects.js';
import type { RestartPlan } from '../../../src/domain/enforcement/restart-plan.js';
import { addMilliseconds } from '../../../src/domain/instants.js';
import { ActivityLog } from '../../../src/domain/ports/activity-log.js';
import { ComputeControlPlane } from '../../../src/domain/ports/compute-control-plane.js';
import type { EffectLease } from '../../../src/domain/ports/effect-store.js';
import { MachineSearch } from '../../../src/domain/ports/machine-search.js';
import { RestartScenes } from '../../../src/domain/ports/restart-scenes.js';
import { Engineers } from '../../../src/domain/ports/engineers.js';
import { GateControl } from '../../../src/domain/ports/gate-control.js';
import { HeardEngineers } from './heard-engineers.js';
import { analyst, approver, by, customer, customerTenant, reviewer } from './people.js';
import { rightsLeftNothingOpen } from '../../support/world-truth.js';
import { aRequest, createVerbWorld, settingsFor } from './verb-world.js';

const { clockMarginMs } = settingsFor('P3');

/** The cloud, with a worker that is slow to read what it answers: something may happen between the two, once. */
class PausedCloud extends AzureCompute {
  afterPowerStates: (() => Promise<void>) | null = null;

  override async listPowerStates(...given: Parameters<AzureCompute['listPowerStates']>) {
    const answer = await super.listPowerStates(...given);
    const happens = this.afterPowerStates;
    this.afterPowerStates = null;
    await happens?.();
    return answer;
  }
}

/** The verbs of the worker over the emulated cloud, in one process, on two clocks that only a test moves. */
export async function createEmulatedWorld() {
  const emulator = await startEmulator();
  const arm = new ArmClient(emulator.url, { token: () => Promise.resolve('postern') });
  const engineers = new HeardEngineers();
  const pausedCloud = new PausedCloud(arm);
  const world = await createVerbWorld('P3', [
    [Engineers, engineers],
    [ComputeControlPlane, pausedCloud],
    [ActivityLog, new AzureActivityLog(arm)],
    [MachineSearch, new AzureMachineSearch(arm)],
    [RestartScenes, new AzureRestartScenes(arm)],
    [GateControl, new HttpGate(`${emulator.url}/_control`, unsigned)],
  ]);
  const pass = (milliseconds: number): void => {
    world.clock.passMs(milliseconds);
    emulator.world.clock.advance(milliseconds);
  };
  /** Carries out what is due of gates and machines, until nothing is. */
  const work = async (): Promise<void> => {
    for (;;) {
      const claimed = await world.ledger.claimDue(100, world.clock.now());
      if (claimed.length === 0) return;
      for (const { id, epoch } of claimed) {
        const taken = await world.ledger.takeLease(id, epoch, 60_000);
        if (taken !== null) await carryOut(world.verb, taken.effect.effect, taken.lease);
      }
    }
  };
  /** Minutes in steps, with all that is due carried out at each. */
  const live = async (minutes: number, stepMs = 60_000): Promise<void> => {
    for (let left = minutes * 60_000; left > 0; left -= stepMs) {
      pass(stepMs);
      await work();
    }
  };
  /** Throws where a right that has ended left a machine open, in whatever subscription (I19). */
  const close = async () => {
    try {
      const rules = { unitOfWork: world.unitOfWork, staff: reviewer, clockMarginMs };
      await rightsLeftNothingOpen(rules, emulator.url);
    } finally {
      await world.close();
      await emulator.stop();
    }
  };
  return {
    ...world,
    emulator,
    /** Calls for a support engineer, in order. */
    called: engineers.called,
    /** Those that nobody was reached for. */
    uncalled: engineers.givenUp,
    pausedCloud,
    pass,
    work,
    live,
    close,
    manners: (how: LogManners) => void (emulator.world.activityLog.manners = how),
  };
}

export type EmulatedWorld = Awaited<ReturnType<typeof createEmulatedWorld>>;

export async function carryOut(
  verb: EmulatedWorld['verb'],
  effect: Effect,
  lease: EffectLease,
): Promise<void> {
  if (effect.type === 'move-gate') await verb(MoveGate).run(effect, lease);
  if (effect.type === 'conduct-restarts') await verb(ConductRestarts).run(effect, lease);
  if (effect.type === 'restart-vm') await verb(RestartVm).run(effect, lease);
  if (effect.type === 'review-addresses') await verb(ReviewAddresses).run(effect, lease);
  if (effect.type === 'call-engineer') await verb(CallEngineer).run(effect, lease);
  if (effect.type === 'undo-late-stop') await verb(UndoLateStop).run(effect, lease);
}

/** After how long the right is to end, null for never; from which domains is sent; and what its machines are made of. */
interface GrantedHow {
  readonly lastsMs?: number | null;
  readonly domains?: readonly string[];
  readonly furnish?: (client: CloudClient, machine: string) => Promise<object>;
}
const unfurnished = () => Promise.resolve({});

/** A subscription of the emulated cloud with an exemption that was just granted; its gate has not moved yet. */
export async function granted(
  world: EmulatedWorld,
  skewMs: number,
  machines: readonly string[],
  { lastsMs = null, domains = aRequest.sending.domains, furnish = unfurnished }: GrantedHow = {},
) {
  world.emulator.world.clock.set(addMilliseconds(world.clock.now(), -skewMs));
  const client = new CloudClient(world.emulator.url);
  await client.createSubscription({ tenantId: customerTenant });
  for (const name of machines) await client.create(name, await furnish(client, name));
  world.pass(3_600_000);
  const facts = await world.register({ subscriptionId: client.subscription });
  const expiresOn = lastsMs === null ? null : addMilliseconds(world.clock.now(), lastsMs);
  const sending = { ...aRequest.sending, domains };
  const approved = await world.approve(reviewer, await world.reviewed(facts, { sending }), { expiresOn });
  const exemptionId = approved.exemption?.id ?? '';
  const exemption = () =>
    world.unitOfWork.read({ actor: approver }, (tx) =>
      tx.exemptions.find({ kind: 'platform' }, exemptionId, world.clock.now()),
    );
  const suspend = async (closeRunning = false) => {
    const present = await exemption();
    if (present?.state !== 'enabling' && present?.state !== 'effective') return;
    await world.verb(SuspendExemption).run(by(analyst, present.version), {
      exemptionId,
      reasonCode: 'terms-violated',
      violationId: null,
      internalReason: 'a test',
      closeRunning,
    });
  };
  const reinstate = async () => {
    const present = await exemption();
    if (present?.state !== 'suspended') return;
    await world
      .verb(ReinstateExemption)
      .run(by(approver, present.version), { exemptionId, internalReason: 'a test' });
  };
  const revoke = async () => {
    const { version = 0 } = (await exemption()) ?? {};
    const internalReason = 'a test';
    const order = { exemptionId, reasonCode: 'terms-violated', violationId: null, internalReason };
    await world.verb(RevokeExemption).run(by(approver, version), order);
  };
  const setPlan = (plan: RestartPlan) => world.verb(SetRestartPlan).run(by(customer), { exemptionId, plan });
  /** Power orders that the cloud was given for a machine, in order: those that it refused because one was under way, too. */
  const orders = (name: string): readonly string[] =>
    world.emulator.world.calls
      .since(undefined)
      .filter(({ method, status }) => method === 'POST' && (status === 202 || status === 409))
      .filter(({ path }) => path.toLowerCase().startsWith(`${client.vm(name)}/`.toLowerCase()))
      .map(({ path }) => path.split('/').at(-1) ?? '');
  /** What happens while it is suspended, 11 minutes after the gate has closed, and so many before it is given back. */
  const whileSuspended = async (happens: () => Promise<void>, minutesAfter: number): Promise<void> => {
    await suspend();
    await world.work();
    await world.live(11);
    await happens();
    await world.live(minutesAfter);
    await reinstate();
    await world.work();
  };
  const rows = async (): Promise<readonly MachineRow[]> =>
    (await world.verb(ListExemptionMachines).run(by(customer), exemptionId, { after: null, limit: 200 }))
      .items;
  return {
    client,
    exemptionId,
    suspend,
    reinstate,
    revoke,
    setPlan,
    orders,
    whileSuspended,
    rows,
    exemption,
  };
}

export type Granted = Awaited<ReturnType<typeof granted>>;
