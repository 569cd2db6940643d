/** How often a step of a start is tried, and how long it rests in between: a server that restarts is back within that. */
const mostTries = 20;
const restMs = 500;

export interface StartStep<T> {
  readonly run: () => Promise<T>;
  /** Whether this failure says no more than that a server is not there now. What another try does not mend ends the start. */
  readonly mayPass: (error: unknown) => boolean;
  readonly onRetry: (error: unknown) => void;
}

/**
 * Runs a step of a process's start, again while the server that it needs is away or ends its connections (F25). Once a
 * process is ready every part copes with that by itself; before, nobody but the start can try again.
 */
export async function retriedStart<T>({ run, mayPass, onRetry }: StartStep<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= mostTries || !mayPass(error)) throw error;
      onRetry(error);
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  }
}
