/** What is to be done before this process ends, the last registered first. */
const stops: (() => Promise<void>)[] = [];
const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
let isListening = false;
let isSuccess = false;
let isEnding = false;

function listen(): void {
  if (isListening) return;
  isListening = true;
  for (const signal of Object.keys(codes) as (keyof typeof codes)[])
    process.on(signal, () => {
      if (isEnding) return; // npm and a terminal may both pass the same signal on
      isEnding = true;
      void stopAll().finally(() => process.exit(isSuccess ? 0 : codes[signal]));
    });
}

async function stopAll(): Promise<void> {
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
  process.exit(1);
}
