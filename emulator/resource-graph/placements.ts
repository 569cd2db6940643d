import type { EmulatorClock } from '../clock.js';
import type { EmulatedMachine } from '../machine.js';

/** A machine's stay under one id, in one subscription. */
export interface Placement {
  readonly subscriptionId: string;
  readonly machine: EmulatedMachine;
  readonly sinceMs: number;
  untilMs: number | null;
}

/** A stay that ended longer ago is in no index that lags less. */
const keptForMs = 24 * 3_600_000;

/** Where every machine is and was: what an index that lags is read from. */
export class Placements {
  private stays: Placement[] = [];
  private readonly current = new Map<string, Placement>();
  private forgottenAtMs = 0;

  constructor(private readonly clock: EmulatorClock) {}

  reset(): void {
    this.stays = [];
    this.current.clear();
  }

  begin(subscriptionId: string, machine: EmulatedMachine): void {
    this.end(machine);
    const stay = { subscriptionId, machine, sinceMs: this.clock.nowMs(), untilMs: null };
    this.stays.push(stay);
    this.current.set(machine.id.toLowerCase(), stay);
    this.forget();
  }

  end({ id }: Pick<EmulatedMachine, 'id'>): void {
    const stay = this.current.get(id.toLowerCase());
    if (stay === undefined) return;
    stay.untilMs = this.clock.nowMs();
    this.current.delete(id.toLowerCase());
  }

  /** Since when a machine lies where it lies. */
  sinceOf({ id, timeCreated }: EmulatedMachine): string {
    const stay = this.current.get(id.toLowerCase());
    return stay === undefined ? timeCreated : new Date(stay.sinceMs).toISOString();
  }

  /** Those that lay somewhere at an instant. */
  at(instantMs: number): readonly Placement[] {
    return this.stays.filter(
      ({ sinceMs, untilMs }) => sinceMs <= instantMs && (untilMs === null || untilMs > instantMs),
    );
  }

  private forget(): void {
    const now = this.clock.nowMs();
    if (Math.abs(now - this.forgottenAtMs) < 3_600_000) return;
    this.forgottenAtMs = now;
    this.stays = this.stays.filter(({ untilMs }) => untilMs === null || untilMs > now - keptForMs);
  }
}
