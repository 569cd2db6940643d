export interface LoggedCall {
  readonly at: string;
  readonly method: string;
  /** Without its query: signatures and tokens never lie in the log. */
  readonly path: string;
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

  since(instant: string | undefined): readonly LoggedCall[] {
    return instant === undefined ? this.calls : this.calls.filter((call) => call.at >= instant);
  }

  clear(): void {
    this.calls = [];
  }
}
