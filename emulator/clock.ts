/** The emulator's clock: real, or simulated and moved by hand. Everything that takes time is read against it. */
export class EmulatorClock {
  private simulatedMs: number | null = null;

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

  /** Stands still at an instant until it is set or advanced again. Throws a RangeError for what is no date. */
  set(instant: string): void {
    const milliseconds = Date.parse(instant);
    if (Number.isNaN(milliseconds)) throw new RangeError('now must be an ISO 8601 instant');
    this.simulatedMs = milliseconds;
  }

  advance(milliseconds: number): void {
    this.simulatedMs = this.nowMs() + milliseconds;
  }

  real(): void {
    this.simulatedMs = null;
  }
}
