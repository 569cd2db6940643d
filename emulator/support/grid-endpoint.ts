import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface GridEvent {
  readonly id: string;
  readonly eventType: string;
  readonly eventTime: string;
  readonly subject: string;
  readonly data: { readonly operationName: string; readonly [name: string]: unknown };
}

/** An endpoint of Event Grid, for specs: it agrees in both handshakes unless it is told otherwise, and remembers all. */
export class GridEndpoint {
  readonly seen: SeenCall[] = [];
  /** What the next deliveries are answered with; 200 afterwards. */
  statuses: number[] = [];
  shake: (call: SeenCall) => Reply = agree;

  private constructor(
    readonly url: string,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<GridEndpoint> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const reply = endpoint.answer({ method, url, headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
        response.end(JSON.stringify(reply.body ?? {}));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const endpoint = new GridEndpoint(`http://127.0.0.1:${String(port)}`, async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    return endpoint;
  }

  /** The calls that were deliveries. */
  deliveries(): readonly SeenCall[] {
    return this.seen.filter(({ headers }) => headers['aeg-event-type'] === 'Notification');
  }

  /** The events in them, where they came in Event Grid's own schema. */
  events(): readonly GridEvent[] {
    return this.deliveries().flatMap(({ body }) => JSON.parse(body) as GridEvent[]);
  }

  /** `ResourceActionSuccess Microsoft.Compute/virtualMachines/deallocate/action`, an event a line. */
  told(): readonly string[] {
    return this.events().map(
      ({ eventType, data }) => `${eventType.split('.').at(-1) ?? ''} ${data.operationName}`,
    );
  }

  private answer(call: SeenCall): Reply {
    this.seen.push(call);
    if (call.headers['aeg-event-type'] === 'Notification') return { status: this.statuses.shift() ?? 200 };
    return this.shake(call);
  }
}

function agree({ method, body, headers }: SeenCall): Reply {
  if (method === 'OPTIONS')
    return { status: 200, headers: { 'webhook-allowed-origin': String(headers['webhook-request-origin']) } };
  const [event] = JSON.parse(body) as { data: { validationCode: string } }[];
  return { status: 200, body: { validationResponse: event?.data.validationCode } };
}
