/** A plain HTTP client of Postern and of the emulated cloud: the demo sees only what anybody outside would see. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** A JSON value read from outside, reached into by name; what is not there is `undefined`, and a `must` says so. */
export class Json {
  constructor(readonly value: unknown) {}

  at(...path: readonly (string | number)[]): Json {
    let value = this.value;
    for (const key of path) {
      value =
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    }
    return new Json(value);
  }

  get text(): string {
    return typeof this.value === 'string' ? this.value : JSON.stringify(this.value ?? null);
  }

  get items(): readonly Json[] {
    return Array.isArray(this.value) ? this.value.map((item) => new Json(item)) : [];
  }
}

export interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type HttpCall = (method: string, path: string, options?: CallOptions) => Promise<Answer>;

/** Calls one server; answers are read whole, whatever their status. Throws when the server is not there. */
export function callsTo(baseUrl: string): HttpCall {
  return async (method, path, options = {}) => {
    const headers: Record<string, string> = { ...options.headers };
    if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`;
    const hasBody = options.body !== undefined;
    if (hasBody) headers['content-type'] = 'application/json';
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers,
      ...(hasBody ? { body: JSON.stringify(options.body) } : {}),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: new Json(parse(text)) };
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Asks again, four times a second, until the answer is as wanted; throws with the last one after `withinMs`. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  isSo: (value: T) => boolean,
  withinMs = 40_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (isSo(value)) return value;
    if (Date.now() > deadline)
      throw new Error(`waited ${String(withinMs / 1000)} s for: ${what}; last seen: ${shown(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function shown(value: unknown): string {
  const plain = value instanceof Json ? value.value : value;
  return JSON.stringify(plain).slice(0, 600);
}
