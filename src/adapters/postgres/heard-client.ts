import pg from 'pg';

/**
 * A connection whose end never ends the process. Whoever is handed one by a pool listens a moment later, and whoever
 * gives one back stops listening a moment before: a server that ends the session in between is told to nobody, and Node
 * ends a process for an `error` that nobody hears. Here it waits for the next listener instead.
 */
export class HeardClient extends pg.Client {
  private unheard: unknown = null;

  override emit(event: string | symbol, ...given: unknown[]): boolean {
    if (event !== 'error' || this.listenerCount('error') > 0) return super.emit(event, ...(given as [Error]));
    this.unheard ??= given[0];
    return false;
  }

  override on(event: string, listener: (...given: never[]) => void): this {
    super.on(event as 'error', listener as (error: Error) => void);
    const { unheard } = this;
    if (event !== 'error' || unheard === null) return this;
    this.unheard = null;
    // Not at once: whoever begins to listen has not finished yet what it does with the connection.
    process.nextTick(() => this.emit('error', unheard));
    return this;
  }
}
