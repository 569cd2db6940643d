import type { GatePosition } from '../gate/gate.js';
import { addMilliseconds, compareInstants, type Instant } from '../instants.js';
import { aGate, aSighting, started } from './enforcement.examples.js';
import type { GateMove } from './gate-moves.js';
import type { Evidence, Machine } from './machine.js';
import { observe } from './physics.js';

/** What may happen to one machine and its gate, one after the other. */
export type Happening =
  | { readonly what: 'order'; readonly position: GatePosition }
  | { readonly what: 'move' }
  | { readonly what: 'deallocate' }
  | { readonly what: 'begin-start'; readonly takesHost: 'at-once' | 'at-the-end' }
  | { readonly what: 'end-start' }
  /** The log names the set of the machine only: whether it is spared, and that it was started, stands in no record. */
  | { readonly what: 'stop-set'; readonly isSpared: boolean }
  | { readonly what: 'start-set' }
  | { readonly what: 'look' };

export interface Beat {
  readonly afterMs: number;
  readonly happening: Happening;
}

/** What really was, on the cloud's clock: nothing of Postern's has a part in it. */
export interface Truth {
  readonly moves: readonly {
    readonly at: Instant;
    readonly position: GatePosition;
    readonly fence: number;
  }[];
  readonly takes: readonly Instant[];
  readonly holdsHost: boolean;
}

/** What Postern got to know of it. */
export interface Told {
  readonly machine: Machine;
  /** From looks, in the order in which they were taken. */
  readonly looked: readonly Evidence[];
  readonly logged: readonly Evidence[];
  readonly moves: readonly GateMove[];
  readonly settledFence: number | null;
}

/** The definition, naively: the gate's position at the moment at which the machine last took its host. */
export function definitionOf({ moves, takes }: Truth): { position: GatePosition; fence: number } | null {
  const taken = takes.at(-1);
  if (taken === undefined) return null;
  const before = moves.filter(({ at }) => compareInstants(at, taken) <= 0).at(-1);
  return { position: before?.position ?? 'closed', fence: before?.fence ?? 0 };
}

/** Every fence under which the machine ever took a host. */
export function fencesOfTakes({ moves, takes }: Truth): readonly number[] {
  return takes
    .map((_, index) => definitionOf({ moves, takes: takes.slice(0, index + 1), holdsHost: true }))
    .map((one) => one?.fence ?? 0);
}

export const clockMarginMs = 300_000;
const createdAt = '2025-06-01T00:00:00.000Z';

/** Lives through the beats: what was, and what Postern saw of it with a clock that stands `skewMs` off the cloud's. */
export function live(beats: readonly Beat[], skewMs: number): { readonly truth: Truth; readonly told: Told } {
  const life = new Life(skewMs);
  for (const { afterMs, happening } of beats) life.pass(afterMs, happening);
  life.pass(1_000, { what: 'look' });
  return life.account();
}

class Life {
  private now: Instant = started;
  private readonly truths: { at: Instant; position: GatePosition; fence: number }[] = [];
  private readonly takes: Instant[] = [createdAt];
  private readonly moves: (GateMove & { readonly position: GatePosition })[] = [];
  private readonly looked: Evidence[] = [];
  private readonly logged: Evidence[] = [];
  private machine: Machine | null = null;
  private power: 'running' | 'starting' | 'deallocated' = 'running';
  private holds = true;
  private willTake = false;

  constructor(private readonly skewMs: number) {}

  pass(afterMs: number, happening: Happening): void {
    this.now = addMilliseconds(this.now, afterMs);
    switch (happening.what) {
      case 'order':
        this.order(happening.position);
        break;
      case 'move':
        this.move();
        break;
      case 'deallocate':
        this.deallocate();
        break;
      case 'begin-start':
        this.beginStart(happening.takesHost);
        break;
      case 'end-start':
        this.endStart();
        break;
      case 'stop-set':
        if (!happening.isSpared) this.lose();
        this.log('host-perhaps-released');
        break;
      case 'start-set':
        if (this.power !== 'deallocated') return;
        this.take();
        this.power = 'running';
        break;
      case 'look':
        this.look();
    }
  }

  account(): { readonly truth: Truth; readonly told: Told } {
    if (this.machine === null) throw new Error('nobody looked');
    const { machine, looked, logged, moves, holds } = this;
    return {
      truth: { moves: this.truths, takes: this.takes, holdsHost: holds },
      told: { machine, looked, logged, moves, settledFence: this.isSettled ? this.fence : null },
    };
  }

  private get fence(): number {
    return this.moves.at(-1)?.fence ?? 0;
  }
  private get isSettled(): boolean {
    return this.moves.length > 0 && this.moves.at(-1)?.movedAt !== null;
  }
  private get ours(): Instant {
    return addMilliseconds(this.now, this.skewMs);
  }

  private deallocate(): void {
    if (this.power === 'starting') return;
    this.lose();
    this.log('host-released');
  }

  private lose(): void {
    if (this.power === 'starting') return;
    this.power = 'deallocated';
    this.holds = false;
  }

  private beginStart(takesHost: 'at-once' | 'at-the-end'): void {
    // A start of what runs is logged as well, and takes no host.
    if (this.power === 'running') this.log('host-taken');
    if (this.power !== 'deallocated') return;
    this.power = 'starting';
    this.willTake = takesHost === 'at-the-end';
    if (!this.willTake) this.take();
  }

  private endStart(): void {
    if (this.power !== 'starting') return;
    if (this.willTake) this.take();
    this.willTake = false;
    this.power = 'running';
    this.log('host-taken');
  }

  private take(): void {
    this.holds = true;
    this.takes.push(this.now);
  }

  private order(position: GatePosition): void {
    this.moves.push({ fence: this.fence + 1, position, orderedAt: this.ours, movedAt: null });
  }

  private move(): void {
    const last = this.moves.at(-1);
    if (last?.movedAt !== null) return;
    this.moves[this.moves.length - 1] = { ...last, movedAt: this.now };
    this.truths.push({ at: this.now, position: last.position, fence: last.fence });
  }

  private log(fact: Evidence['fact']): void {
    const { subscriptionId, tenantId, vmId } = aSighting();
    const source = `operation ${String(this.logged.length)}`;
    this.logged.push({
      subscriptionId,
      tenantId,
      vmId,
      kind: 'activity-log',
      fact,
      at: this.now,
      source,
      operation: null,
      fence: 0,
    });
  }

  private look(): void {
    const last = this.moves.at(-1);
    if (last === undefined) return;
    const state = this.isSettled ? last.position : last.position === 'open' ? 'opening' : 'closing';
    const confirmed = this.moves.filter(({ movedAt }) => movedAt !== null);
    const gate = aGate({
      state,
      fence: last.fence,
      position: last.position,
      confirmedFence: confirmed.at(-1)?.fence ?? 0,
      movedAt: confirmed.at(-1)?.movedAt ?? null,
      confirmedAt: confirmed.length === 0 ? null : this.ours,
      firstOpenedFence: confirmed.find(({ position }) => position === 'open')?.fence ?? null,
    });
    const sighting = aSighting({
      powerState: this.power,
      seenAt: this.ours,
      at: this.ours,
      timeCreated: createdAt,
    });
    const { machine, evidence } = observe(this.machine, sighting, gate, {
      clockMarginMs,
      firstListedAt: null,
    });
    this.machine = machine;
    this.looked.push(...evidence);
  }
}
