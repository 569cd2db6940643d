import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lastWords } from './last-words.js';
import { commandOf, isAlive } from './process-table.js';
import { until } from './postgres-orphan.js';

/** One child process: what it runs, and how it is known to be ready. */
export interface ChildPlan {
  readonly name: string;
  /** The compiled script, absolute. It sends its parent a message once it listens. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where it serves; written to processes.json. */
  readonly url: string;
  /** The path below `url` that answers 200 once the child is ready. */
  readonly readyPath: string;
}

/** One life of a child. */
interface Life {
  readonly child: ChildProcess;
  /** The end of what it wrote to its error output. */
  tail: string;
  /** Whether this very process said that it listens: an answer on its port may be somebody else's. */
  hasAnnounced: boolean;
}

interface Supervised {
  readonly plan: ChildPlan;
  life: Life;
}

/** How long a child may take to drain: the product's own deadline is 30 s (F5). */
const drainSeconds = 35;
/** So many lives in a row that ended before they listened are a fault that another start does not mend. */
const mostStillbirths = 20;
const tailLength = 8_192;

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

/** How a life ended, for a log line. */
function whyEnded({ child, tail }: Life): string {
  const how = child.signalCode ?? `code ${String(child.exitCode)}`;
  const words = lastWords(tail);
  return words === '' ? how : `${how}: ${words}`;
}

/** Starts children, starts again what dies, writes down where each one is, and stops them all. */
export class Supervisor {
  readonly #running: Supervised[] = [];
  #isStopping = false;

  /** `processesFile` gets `{name: {pid, url}}`, replaced as a whole at every change. `onLost`: a child is given up. */
  constructor(
    private readonly processesFile: string,
    private readonly onLost: (error: Error) => void = () => undefined,
  ) {}

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

  /** Starts a child and resolves when it is ready; rejects when it ends before, or is not ready within two minutes. */
  async start(plan: ChildPlan): Promise<void> {
    if (this.#isStopping) throw new Error('it was told to stop');
    const supervised: Supervised = { plan, life: this.#spawn(plan) };
    this.#running.push(supervised);
    this.#write();
    await this.#untilReady(supervised);
    void this.#keep(supervised);
  }

  /** Lets every child drain, the last started first; what has not ended by its deadline is killed. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const { life } of this.#running.toReversed()) {
      if (hasEnded(life.child)) continue;
      const ended = once(life.child, 'exit');
      life.child.kill('SIGTERM');
      const timer = setTimeout(() => life.child.kill('SIGKILL'), drainSeconds * 1000);
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.processesFile, { force: true });
  }

  /** A method, because what was false before an `await` may be true after it. */
  #hasToStop(): boolean {
    return this.#isStopping;
  }

  #spawn(plan: ChildPlan): Life {
    // Detached: Ctrl-C in a terminal goes to the launcher alone, which stops the children in their order. The channel
    // breaks when the launcher is killed: that is how they learn of it, and end.
    const env = { ...process.env, ...plan.env };
    const child = spawn(process.execPath, [plan.script], {
      env,
      detached: true,
      stdio: ['ignore', 2, 'pipe', 'ipc'],
    });
    const life: Life = { child, tail: '', hasAnnounced: false };
    child.stderr?.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk);
      life.tail = (life.tail + chunk.toString('utf8')).slice(-tailLength);
    });
    child.once('message', () => (life.hasAnnounced = true));
    return life;
  }

  async #untilReady({ plan, life }: Supervised): Promise<void> {
    const url = new URL(plan.readyPath, plan.url).href;
    const deadline = performance.now() + 120_000;
    while (!life.hasAnnounced || !(await answers(url))) {
      if (this.#isStopping) throw new Error('it was told to stop');
      if (hasEnded(life.child)) {
        await drained(life);
        throw new Error(`${plan.name} ended before it was ready (${whyEnded(life)})`);
      }
      if (performance.now() > deadline) throw new Error(`${plan.name} did not become ready within 2 minutes`);
      await delay(50);
    }
  }

  async #keep(supervised: Supervised): Promise<void> {
    const { name } = supervised.plan;
    for (let stillbirths = 0; ;) {
      if (!hasEnded(supervised.life.child)) await once(supervised.life.child, 'exit');
      await drained(supervised.life);
      if (this.#isStopping) return;
      const why = whyEnded(supervised.life);
      stillbirths = supervised.life.hasAnnounced ? 0 : stillbirths + 1;
      if (stillbirths === mostStillbirths) {
        this.onLost(new Error(`${name} ended ${String(stillbirths)} times before it listened (${why})`));
        return;
      }
      process.stderr.write(`postern: ${name} ended (${why}); starting it again\n`);
      await delay(Math.min(stillbirths * 200, 5_000));
      if (this.#hasToStop()) return;
      supervised.life = this.#spawn(supervised.plan);
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
    const entries = this.#running.map(({ plan, life }) => [
      plan.name,
      { pid: life.child.pid, url: plan.url },
    ]);
    mkdirSync(path.dirname(this.processesFile), { recursive: true });
    writeFileSync(`${this.processesFile}.draft`, JSON.stringify(Object.fromEntries(entries), null, 2));
    renameSync(`${this.processesFile}.draft`, this.processesFile);
  }
}

/** `exit` comes before the last of the error output was read. */
async function drained({ child }: Life): Promise<void> {
  if (child.stderr === null || child.stderr.closed) return;
  await Promise.race([once(child.stderr, 'close'), delay(1_000, undefined, { ref: false })]);
}
