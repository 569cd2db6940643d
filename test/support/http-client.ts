import { documentedAnswer } from './openapi-contract.js';

/** An answer as tests look at it; it was found to be as openapi.json says before they see it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are looked at field by field
  readonly body: any;
}

export interface SendOptions {
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A client that believes nothing: every answer is compared with openapi.json (route, status, media type, schema), and
 * one that is not as documented fails the test. It follows no redirect.
 */
export class HttpClient {
  constructor(
    private readonly url: string,
    readonly token: string | null,
  ) {}

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return this.send('GET', path, { headers });
  }

  post(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return this.send('POST', path, { body, headers });
  }

  put(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return this.send('PUT', path, { body, headers });
  }

  async send(method: string, path: string, { body, raw, headers = {} }: SendOptions): Promise<HttpAnswer> {
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(new URL(path, this.url), {
      method,
      redirect: 'manual',
      headers: {
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(text === undefined ? {} : { body: text }),
    });
    const answer = await read(response);
    documentedAnswer(method, path, answer);
    return answer;
  }

  /** Opens a stream of events, and reads them one after another; `close` ends it. */
  async events(path: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
    const abort = new AbortController();
    const response = await fetch(new URL(path, this.url), {
      signal: abort.signal,
      headers: {
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        accept: 'text/event-stream',
        ...headers,
      },
    });
    return new EventReader(response, abort);
  }
}

async function read(response: Response): Promise<HttpAnswer> {
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Server-sent events as they come; comments and the retry field are passed over. */
export class EventReader {
  private rest = '';
  private readonly reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  private readonly decoder = new TextDecoder();

  constructor(
    readonly response: Response,
    private readonly abort: AbortController,
  ) {
    this.reader = response.body?.getReader();
  }

  /** The next event; null when the server has ended the stream. */
  async next(): Promise<ServerSentEvent | null> {
    for (;;) {
      const end = this.rest.indexOf('\n\n');
      if (end >= 0) {
        const block = this.rest.slice(0, end);
        this.rest = this.rest.slice(end + 2);
        const event = eventIn(block);
        if (event !== null) return event;
        continue;
      }
      const chunk = await this.reader?.read();
      if (chunk === undefined || chunk.done) return null;
      this.rest += this.decoder.decode(chunk.value, { stream: true });
    }
  }

  close(): void {
    this.abort.abort();
  }
}

function eventIn(block: string): ServerSentEvent | null {
  const fields = new Map(
    block
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith(':'))
      .map((line): [string, string] => {
        const [name = '', ...value] = line.split(': ');
        return [name, value.join(': ')];
      }),
  );
  const data = fields.get('data');
  if (data === undefined) return null;
  return { id: fields.get('id') ?? '', event: fields.get('event') ?? '', data: JSON.parse(data) };
}
