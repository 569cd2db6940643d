import { systemActor } from '../access/actor.js';
import { decide } from '../lifecycle.js';
import { conduct, type Conduct } from './conduct.js';
import { anExemption, aSituation, started } from './enforcement.examples.js';
import type { Machine } from './machine.js';
import type { RestartEvent } from './restart-events.js';
import type { RestartPlan } from './restart-plan.js';
import { restartLifecycle } from './restart.lifecycle.js';
import { isInFlight, type Restart } from './restart.js';
import type { Situation } from './situation.js';
import { groupsOf } from './stand-ins.js';

const stamp = { actor: systemActor('conduct-restarts'), now: started };

/** A subscription whose plan is carried out, look by look: what was decided is applied, and some of it has come back. */
export class Playing {
  private situation: Situation;
  private readonly upAtStart: ReadonlySet<string>;

  constructor(machines: readonly Machine[], plan: RestartPlan, differs: Partial<Situation> = {}) {
    const exemption = anExemption({ restartPlan: plan });
    this.situation = aSituation({ exemption, machines, ...differs });
    this.upAtStart = new Set(machines.filter(isRunning).map(({ vmId }) => vmId));
  }

  /** One look: plans, settles and begins. */
  look(): Conduct {
    const decided = conduct(this.situation);
    for (const planned of decided.planned) {
      const restart = this.apply(null, `restart ${planned.vmId}`, planned);
      if (decided.begunAtOnce.has(planned)) this.apply(restart, restart.id, { type: 'deallocationBegun' });
    }
    for (const { restart, event } of decided.events) this.apply(restart, restart.id, event);
    return decided;
  }

  /** Machines that are under way come back, those that this says. */
  comeBack(isBack: (restart: Restart) => boolean): void {
    for (const restart of this.flying().filter(isBack)) {
      const lost =
        restart.state === 'starting' ? restart : this.apply(restart, restart.id, { type: 'hostLost' });
      const runs = lost.state === 'starting';
      if (runs) this.apply(lost, lost.id, { type: 'running', withoutOurStart: false });
      const { fence, position } = this.situation.gate;
      this.see(
        restart.vmId,
        runs
          ? { powerState: 'running', host: 'held', carries: position, carriesFence: fence }
          : { powerState: 'deallocated', host: 'none', releasedUnderFence: fence },
      );
    }
  }

  /** A machine loses its host, and the cloud has no room to start it again. */
  refuseStart(name: string): void {
    for (const restart of this.flying().filter((one) => one.name === name)) {
      const lost = this.apply(restart, restart.id, { type: 'hostLost' });
      this.apply(lost, lost.id, { type: 'troubleSeen', code: 'allocation-failed', message: 'no room' });
      this.see(restart.vmId, { powerState: 'deallocated', host: 'none' });
    }
  }

  see(vmId: string, seen: Partial<Machine>): void {
    const machines = this.situation.machines.map((one) => (one.vmId === vmId ? { ...one, ...seen } : one));
    this.situation = { ...this.situation, machines };
  }

  flying(): readonly Restart[] {
    return this.situation.restarts.filter(isInFlight);
  }

  states(): readonly string[] {
    return this.situation.restarts.map(({ name, state }) => `${name} ${state}`);
  }

  /** Names of those that are in truth not running at this moment. */
  down(): readonly string[] {
    const flying = new Set(this.flying().map(({ vmId }) => vmId));
    return this.situation.machines
      .filter((one) => !isRunning(one) || flying.has(one.vmId))
      .map(({ name }) => name);
  }

  /** The same without those that were off when the plan was made, and were not seen started since. */
  downOfThoseThatServed(): readonly string[] {
    const off = this.situation.restarts.filter(({ found }) => found === 'no-host' || found === 'stopped');
    const offSince = new Set(off.filter(({ state }) => state !== 'restarted').map(({ name }) => name));
    return this.down().filter((name) => !offSince.has(name));
  }

  /** Groups with two or more members that ran at the start, and of which none runs now. */
  lostGroups(): readonly string[] {
    const down = new Set(this.down());
    const members = new Map<string, Machine[]>();
    for (const machine of this.situation.machines.filter(({ vmId }) => this.upAtStart.has(vmId)))
      for (const { title } of groupsOf(machine)) members.set(title, [...(members.get(title) ?? []), machine]);
    return [...members]
      .filter(([, all]) => all.length > 1 && all.every(({ name }) => down.has(name)))
      .map(([title]) => title);
  }

  private apply(current: Restart | null, id: string, event: RestartEvent): Restart {
    const decision = decide(restartLifecycle, current, id, event, stamp);
    if (decision.kind === 'refused') throw new Error(`${event.type} was refused`);
    const next = decision.kind === 'unchanged' ? decision.current : decision.next;
    const others = this.situation.restarts.filter((restart) => restart.id !== id);
    this.situation = { ...this.situation, restarts: [...others, next] };
    return next;
  }
}

function isRunning({ powerState }: Machine): boolean {
  return powerState === 'running';
}
