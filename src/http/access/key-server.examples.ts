import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';

/** A real server of key sets, as identity providers run one; it counts how often it is asked. */
export interface KeyServer {
  /** `{tid}` stands for the tenant. */
  readonly template: string;
  /** Requests so far. */
  readonly asked: () => number;
  /** Serves other keys from now on; null answers 503. */
  serve(keys: readonly JWK[] | null): void;
  close(): Promise<void>;
}

export async function startKeyServer(first: readonly JWK[] | null): Promise<KeyServer> {
  let keys = first;
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.setHeader('connection', 'close');
    if (keys === null) response.writeHead(503).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    template: `http://127.0.0.1:${String(port)}/{tid}/keys`,
    asked: () => asked,
    serve: (next) => {
      keys = next;
    },
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
