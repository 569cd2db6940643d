import { LastResort } from '../src/last-resort.js';

/** How long what was started may take to stop where nobody knows any more what is broken. */
const lastStopMs = 120_000;

/** What is to be done before this process ends, the last registered first. */
const stops: (() => Promise<void>)[] = [];
const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
let isListening = false;
let isSuccess = false;
let isEnding = false;
let stopping: Promise<void> | null = null;
let isCaught = true;

function listen(): void {
  if (isListening) return;
  isListening = true;
  for (const signal of Object.keys(codes) as (keyof typeof codes)[])
    process.on(signal, () => {
      if (isEnding) return; // npm and a terminal may both pass the same signal on
      isEnding = true;
      void stopAll().finally(() => endWith(isSuccess ? 0 : codes[signal]));
    });
}

/** Ends the process with this code. Where something was not caught, that decides on the code, and the last resort ends it. */
export function endWith(code: number): void {
  if (isCaught) process.exit(code);
}

/** Once, whoever asks first: what comes later waits for the same. */
function stopAll(): Promise<void> {
  return (stopping ??= stopEach());
}

async function stopEach(): Promise<void> {
  for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
    try {
      await stop();
    } catch (error) {
      process.stderr.write(`postern: stopping: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

/** For a command that runs until it is stopped: a signal is its ordinary end, and no failure. */
export function runUntilSignal(): void {
  isSuccess = true;
}

/**
 * Registers what a signal that ends this process has to stop first: a signal's default would leave child processes and
 * temporary directories behind. Gives the way to stop it without a signal; it is done once, whoever asks first.
 */
export function stopOnSignal(stop: () => Promise<void>): () => Promise<void> {
  listen();
  let stopped: Promise<void> | undefined;
  const once = () => (stopped ??= stop());
  stops.push(once);
  return async () => {
    await once();
    const index = stops.indexOf(once);
    if (index >= 0) stops.splice(index, 1);
  };
}

/**
 * Ends a command that failed once everything that it registered was stopped. Where a signal came first the failure is only
 * what stopping did, so nothing is said, and the signal decides on the exit code.
 */
export async function fail(message: string): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  process.stderr.write(`${message}\n`);
  await stopAll();
  endWith(1);
}

/**
 * For every command that starts or holds something: a failure that nothing caught is told by class, code and places, what
 * was registered is stopped, and the process ends with 70, as the product's own processes do.
 */
export function endOnUncaught(command: string): void {
  const lastResort = new LastResort({
    tell: (failure) => {
      isCaught = false;
      isEnding = true;
      process.stderr.write(`${JSON.stringify({ process: command, ...failure })}\n`);
    },
    withinMs: lastStopMs,
  });
  lastResort.drainBy(stopAll);
}
