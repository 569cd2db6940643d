export interface LoggedCall {
  readonly at: string;
  readonly method: string;
  /** Without its query: signatures and tokens never lie in the log. */
  readonly path: string;
  /** 0 where the connection was cut before anything was done. */
  readonly status: number;
  readonly correlationId: string;
}

const mostCalls = 200_000;

/** The calls of the ARM routes, the newest 200,000 of them. */
export class CallLog {
  private calls: LoggedCall[] = [];

  add(call: LoggedCall): void {
    this.calls.push(call);
    if (this.calls.length > mostCalls * 1.1) this.calls = this.calls.slice(-mostCalls);
  }

  /** Calls at or after an instant, in any form that Date reads; throws a RangeError for what it does not read. */
  since(instant: string | undefined): readonly LoggedCall[] {
    if (instant === undefined) return this.calls;
    const from = new Date(instant).toISOString();
    return this.calls.filter((call) => call.at >= from);
  }

  clear(): void {
    this.calls = [];
  }
}
