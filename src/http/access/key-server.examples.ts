import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';

type Answer = (response: ServerResponse, tenantId: string) => void;

/** A real server of key sets, one a tenant, as identity providers run one; it counts how often it is asked. */
export interface KeyServer {
  /** `{tid}` stands for the tenant. */
  readonly template: string;
  /** Requests so far, for a tenant or for all. */
  readonly asked: (tenantId?: string) => number;
  /** Serves other keys from now on, to one tenant or to all; null answers 503. */
  serve(keys: readonly JWK[] | null, tenantId?: string): void;
  /** Answers in another way than with keys, to one tenant or to all. */
  answer(how: Answer, tenantId?: string): void;
  close(): Promise<void>;
}

const answerWith =
  (keys: readonly JWK[] | null): Answer =>
  (response) => {
    if (keys === null) response.writeHead(503).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  };

export async function startKeyServer(first: readonly JWK[] | null): Promise<KeyServer> {
  let toAll = answerWith(first);
  const toOne = new Map<string, Answer>();
  const asked: string[] = [];
  const answer: KeyServer['answer'] = (how, tenantId) => {
    if (tenantId === undefined) toAll = how;
    else toOne.set(tenantId, how);
  };
  const server = createServer((request, response) => {
    const tenantId = request.url?.split('/')[1] ?? '';
    asked.push(tenantId);
    response.setHeader('connection', 'close');
    (toOne.get(tenantId) ?? toAll)(response, tenantId);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    template: `http://127.0.0.1:${String(port)}/{tid}/keys`,
    asked: (tenantId) => asked.filter((one) => tenantId === undefined || one === tenantId).length,
    serve: (keys, tenantId) => answer(answerWith(keys), tenantId),
    answer,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
