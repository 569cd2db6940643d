import { Agenda } from './agenda.js';

/** Timers of Node take no more, about 24 days; what is due later is looked at again then. */
const longestTimerMs = 2_147_483_647;

/**
 * The emulator's clock: real, or simulated and moved by hand; and what is going to happen by it. Everything that takes
 * time is read against it. A simulated one stands still until it is told: then what is due on the way happens in its
 * order, each thing at its own instant.
 */
export class EmulatorClock {
  private simulatedMs: number | null = null;
  private readonly agenda = new Agenda();
  private timer: NodeJS.Timeout | undefined;
  private isRunning = false;

  /** Milliseconds since the epoch. */
  nowMs(): number {
    return this.simulatedMs ?? Date.now();
  }

  now(): string {
    return new Date(this.nowMs()).toISOString();
  }

  get isSimulated(): boolean {
    return this.simulatedMs !== null;
  }

  /** Something that happens at an instant; one that has passed is due at once, but never before this call returns. */
  at(atMs: number, run: () => void): void {
    this.agenda.add({ atMs, run });
    this.arm();
  }

  /**
   * Stands still at an instant until it is set or advanced again. Set back, nothing happens. Throws a RangeError for
   * what is no date.
   */
  set(instant: string): void {
    this.moveTo(instantOf(instant));
  }

  advance(milliseconds: number): void {
    this.moveTo(this.nowMs() + milliseconds);
  }

  /** As `set`, but waits after each thing that happened for what it began elsewhere, such as the delivery of an event. */
  async travel(instant: string, idle: () => Promise<void>): Promise<void> {
    const toMs = instantOf(instant);
    this.standStill(toMs);
    while (this.step(toMs)) await idle();
    this.arrive(toMs);
    await idle();
  }

  real(): void {
    this.simulatedMs = null;
    while (this.step(Date.now()));
    this.arm();
  }

  /** Nothing of what was going to happen happens any more. */
  forget(): void {
    clearTimeout(this.timer);
    this.agenda.clear();
  }

  private moveTo(toMs: number): void {
    this.standStill(toMs);
    while (this.step(toMs));
    this.arrive(toMs);
  }

  private standStill(toMs: number): void {
    clearTimeout(this.timer);
    this.simulatedMs = Math.min(this.nowMs(), toMs);
  }

  private arrive(toMs: number): void {
    // What happened on the way may have moved the clock itself; it is never taken back by that.
    if (this.simulatedMs !== null) this.simulatedMs = Math.max(this.simulatedMs, toMs);
  }

  /** Lets the next thing happen that is due by then; says whether there was one. */
  private step(untilMs: number): boolean {
    const due = this.agenda.take(untilMs);
    if (due === undefined) return false;
    if (this.simulatedMs !== null) this.simulatedMs = Math.max(this.simulatedMs, due.atMs);
    this.isRunning = true;
    try {
      due.run();
    } finally {
      this.isRunning = false;
    }
    return true;
  }

  /** A timer waits for the next thing, by a simulated clock only for what is due already; it keeps no process alive. */
  private arm(): void {
    if (this.isRunning) return;
    clearTimeout(this.timer);
    const nextAtMs = this.agenda.nextAtMs();
    if (nextAtMs === undefined || (this.simulatedMs !== null && nextAtMs > this.simulatedMs)) return;
    const waitMs = Math.min(Math.max(0, nextAtMs - this.nowMs()), longestTimerMs);
    this.timer = setTimeout(() => {
      while (this.step(this.nowMs()));
      this.arm();
    }, waitMs).unref();
  }
}

function instantOf(text: string): number {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) throw new RangeError('now must be an ISO 8601 instant');
  return milliseconds;
}
