/** What an ARM route answers: status, headers, and a body or none. */
export interface ArmAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How the answer is spoilt on its way out, where a fault wants that. */
  readonly spoil?: 'reset' | 'truncate';
}

/** One ARM call, as the routes see it. */
export interface ArmCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** The origin that the client spoke to: links in answers stay on it. */
  readonly origin: string;
}
