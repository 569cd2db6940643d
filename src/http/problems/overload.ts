/** Too much at once: 429 for who asks too often, 503 where this process has no room. Says when to come back. */
export class Overload extends Error {
  constructor(
    readonly status: 429 | 503,
    readonly code: string,
    detail: string,
    readonly retryAfterSeconds: number,
  ) {
    super(detail);
    this.name = 'Overload';
  }
}
