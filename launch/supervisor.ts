import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandOf, isAlive } from './process-table.js';
import { until } from './postgres-orphan.js';

/** One child process: what it runs, and how it is known to be ready. */
export interface ChildPlan {
  readonly name: string;
  /** The compiled script, absolute. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where it serves; written to processes.json. */
  readonly url: string;
  /** The path below `url` that answers 200 once the child is ready. */
  readonly readyPath: string;
}

interface Supervised {
  readonly plan: ChildPlan;
  child: ChildProcess;
  startedAt: number;
}

/** How long a child may take to drain: the product's own deadline is 30 s (F5). */
const drainSeconds = 35;
/** A child that ran this long before it died is started again at once; a shorter life is waited for, up to 5 s. */
const healthyMs = 10_000;

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false; // nothing listens yet
  }
}

/** Starts children, starts again what dies, writes down where each one is, and stops them all. */
export class Supervisor {
  readonly #running: Supervised[] = [];
  #isStopping = false;

  /** `processesFile` gets `{name: {pid, url}}`, replaced as a whole at every change. */
  constructor(private readonly processesFile: string) {}

  /** Ends what an earlier launcher that was killed left running, by what its processes.json says. */
  async stopOrphans(scripts: readonly string[]): Promise<void> {
    for (const { pid } of Object.values(this.#read())) {
      const isOurs = () => isAlive(pid) && scripts.some((script) => commandOf(pid).includes(script));
      if (!isOurs()) continue;
      process.kill(pid, 'SIGTERM');
      if (!(await until(() => !isOurs(), 10))) process.kill(pid, 'SIGKILL');
      await until(() => !isOurs(), 5);
    }
    rmSync(this.processesFile, { force: true });
  }

  /** Starts a child and resolves when it is ready; rejects when it has not become so within 60 s. */
  async start(plan: ChildPlan): Promise<void> {
    const supervised: Supervised = { plan, child: this.#spawn(plan), startedAt: performance.now() };
    this.#running.push(supervised);
    this.#write();
    void this.#keep(supervised);
    const deadline = performance.now() + 60_000;
    while (!(await answers(new URL(plan.readyPath, plan.url).href))) {
      if (performance.now() > deadline) throw new Error(`${plan.name} did not become ready within 60 s`);
      await delay(50);
    }
  }

  /** Lets every child drain, the last started first; what has not ended by its deadline is killed. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const { child } of this.#running.toReversed()) {
      if (hasEnded(child)) continue;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), drainSeconds * 1000);
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.processesFile, { force: true });
  }

  #spawn(plan: ChildPlan): ChildProcess {
    // Detached: Ctrl-C in a terminal goes to the launcher alone, which stops the children in their order. The channel
    // breaks when the launcher is killed: that is how they learn of it, and end.
    const env = { ...process.env, ...plan.env };
    return spawn(process.execPath, [plan.script], { env, detached: true, stdio: ['ignore', 2, 2, 'ipc'] });
  }

  async #keep(supervised: Supervised): Promise<void> {
    for (let deaths = 0; ; deaths += 1) {
      if (!hasEnded(supervised.child)) await once(supervised.child, 'exit');
      if (performance.now() - supervised.startedAt > healthyMs) deaths = 0;
      if (!this.#isStopping) await delay(Math.min(deaths * 200, 5_000));
      if (this.#isStopping) return;
      supervised.child = this.#spawn(supervised.plan);
      supervised.startedAt = performance.now();
      this.#write();
    }
  }

  #read(): Readonly<Record<string, { readonly pid: number }>> {
    try {
      return JSON.parse(readFileSync(this.processesFile, 'utf8')) as Record<string, { pid: number }>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw error;
    }
  }

  #write(): void {
    const entries = this.#running.map(({ plan, child }) => [plan.name, { pid: child.pid, url: plan.url }]);
    mkdirSync(path.dirname(this.processesFile), { recursive: true });
    writeFileSync(`${this.processesFile}.draft`, JSON.stringify(Object.fromEntries(entries), null, 2));
    renameSync(`${this.processesFile}.draft`, this.processesFile);
  }
}
