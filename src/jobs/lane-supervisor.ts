import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What a supervised lane says to its supervisor: that its event loop goes round, and that it committed effects. */
export type LaneMessage = 'beat' | 'committed';

/** Every second; the supervisor counts its own seconds without one, so that its own pause is nobody else's. */
const beatMs = 1_000;
/** A lane that is on its way up connects to database and queue first, and may take so many seconds. */
const secondsToStart = 60;
/** A lane that ran so long before it ended is started again at once; a shorter life is waited for, up to 5 s. */
const healthyMs = 10_000;

export interface LaneSupervisorOptions {
  /** Starts the lane's process: with a channel, and ending by itself where that breaks. */
  readonly command: readonly [script: string, ...args: readonly string[]];
  /** A lane that says nothing for so many seconds is ended by force and started again. */
  readonly stalledSeconds: number;
  readonly onCommitted: () => void;
  readonly onEnded: (why: { readonly code: number | null; readonly signal: string | null }) => void;
}

/** Runs a lane in a process of its own, and starts it again when it ends or its event loop stands still. */
export class LaneSupervisor {
  private child: ChildProcess | null = null;
  private silentSeconds = 0;
  private hasBeaten = false;
  private restarted = 0;
  private watch: NodeJS.Timeout | null = null;
  private isStopping = false;
  private wakeUp: () => void = () => undefined;
  private keeping: Promise<void> = Promise.resolve();

  constructor(private readonly options: LaneSupervisorOptions) {}

  start(): void {
    this.watch = setInterval(() => this.look(), beatMs);
    const given = { code: null, signal: 'supervision failed' };
    this.keeping = this.keep().catch(() => this.options.onEnded(given));
  }

  /** Whether the lane runs, and said so within the last seconds. */
  isUp(): boolean {
    return this.hasBeaten && this.silentSeconds < this.options.stalledSeconds;
  }

  restarts(): number {
    return this.restarted;
  }

  /** Lets the lane drain; what has not ended in time is ended by force. */
  async stop(withinMs: number): Promise<void> {
    this.isStopping = true;
    this.wakeUp();
    this.child?.kill('SIGTERM');
    const timer = setTimeout(() => this.child?.kill('SIGKILL'), withinMs);
    await this.keeping;
    clearTimeout(timer);
    if (this.watch !== null) clearInterval(this.watch);
  }

  private async keep(): Promise<void> {
    for (let deaths = 0; ; deaths += 1) {
      const startedAt = performance.now();
      const [code, signal] = await this.runOnce();
      if (!this.isStopping) this.options.onEnded({ code, signal });
      if (performance.now() - startedAt > healthyMs) deaths = 0;
      if (!this.isStopping) await this.pause(Math.min(deaths * 200, 5_000));
      if (this.isStopping) return;
      this.restarted += 1;
    }
  }

  private async runOnce(): Promise<[code: number | null, signal: string | null]> {
    const [script, ...args] = this.options.command;
    // It writes where this process writes, and has its settings.
    const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.child = child;
    this.silentSeconds = 0;
    this.hasBeaten = false;
    child.on('message', (message: LaneMessage) => {
      if (message === 'committed') this.options.onCommitted();
      this.silentSeconds = 0;
      this.hasBeaten = true;
    });
    const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
    // A process that cannot be started says so by an error, and never ends.
    const failed = once(child, 'error').then((): [number | null, string | null] => [
      null,
      'it did not start',
    ]);
    const end = await Promise.race([ended, failed]).catch((): [null, string] => [null, 'it did not start']);
    this.hasBeaten = false;
    return end;
  }

  private look(): void {
    this.silentSeconds += 1;
    const most = this.hasBeaten ? this.options.stalledSeconds : secondsToStart;
    if (this.silentSeconds > most) this.child?.kill('SIGKILL');
  }

  private async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** In a supervised lane: says every second that the event loop goes round. Returns the way to say more, and to stop. */
export function beat(send: (message: LaneMessage) => void): { readonly stop: () => void } {
  send('beat');
  const timer = setInterval(() => send('beat'), beatMs);
  return { stop: () => clearInterval(timer) };
}
