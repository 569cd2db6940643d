import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** A TCP port on 127.0.0.1 that was free a moment ago; who takes it must be ready to lose the race. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port;
}

type Ports<N extends number> = number[] & { readonly length: N } & Readonly<
    Record<0 | 1 | 2 | 3 | 4, number>
  >;

/** Several at once, all different: asked one after another the system may give the same port twice. */
export async function freePorts<N extends number>(count: N): Promise<Ports<N>> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map(portOf);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports as Ports<N>;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The system gave no port');
  return address.port;
}
