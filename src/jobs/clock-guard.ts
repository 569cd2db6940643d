import type { ClockReading, ClockWatch } from '../domain/ports/clock-watch.js';

export interface ClockGuardOptions {
  readonly clocks: ClockWatch;
  readonly everyMs: number;
  /** Begins nothing more; what has begun cannot commit. */
  readonly halt: () => void;
  readonly resume: () => void;
  /** The clock went wrong, or is right again. */
  readonly onTurn: (reading: ClockReading) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Holds a process's work still while its clock is not the database's (F29): at the start, with every beat, and with every
 * sweep. Nothing has to be done for it to go on: a clock that is right again is seen by the next look.
 */
export class ClockGuard {
  private timer: NodeJS.Timeout | null = null;
  private isHalted = false;

  constructor(private readonly options: ClockGuardOptions) {}

  async start(): Promise<void> {
    await this.look();
    this.timer = setInterval(() => void this.look(), this.options.everyMs);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  /** Whether this process may work. While the database does not answer, what was seen last stands. */
  async look(): Promise<boolean> {
    const { clocks, onError } = this.options;
    const reading = await clocks.look().catch((error: unknown) => {
      onError(error);
      return clocks.last();
    });
    if (reading.isAstray !== this.isHalted) this.turn(reading);
    return !reading.isAstray;
  }

  private turn(reading: ClockReading): void {
    const { halt, resume, onTurn } = this.options;
    this.isHalted = reading.isAstray;
    onTurn(reading);
    if (reading.isAstray) halt();
    else resume();
  }
}
