/** Tells the relay of this process that effects were committed here: it need not wait for its next look. */
export class LocalWake {
  private readonly listeners = new Set<() => void>();

  now(): void {
    for (const listener of this.listeners) listener();
  }

  /** Returns the way to stop. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
