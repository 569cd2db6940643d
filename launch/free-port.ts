import { createSocket } from 'node:dgram';
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

/** A port that somebody chose, and the setting by which they did. */
export interface ChosenPort {
  readonly setting: string;
  readonly port: number | undefined;
  /** A name server listens on UDP too. */
  readonly isUdpToo?: boolean;
}

/** Throws a sentence that names the first chosen port on which another process listens. */
export async function refuseTakenPorts(chosen: readonly ChosenPort[]): Promise<void> {
  for (const { setting, port, isUdpToo = false } of chosen) {
    if (port === undefined) continue;
    const isFree = (await canListen(port)) && (!isUdpToo || (await canBind(port)));
    if (!isFree)
      throw new Error(
        `port ${String(port)} (${setting}) is taken: stop the process that listens there, or give another ${setting} (0 takes a free one)`,
      );
  }
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  const outcome = once(server, 'listening').then(() => true, isTaken);
  server.listen(port, '127.0.0.1');
  const isFree = await outcome;
  if (server.listening) await once(server.close(), 'close');
  return isFree;
}

async function canBind(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const outcome = once(socket, 'listening').then(() => true, isTaken);
  socket.bind(port, '127.0.0.1');
  const isFree = await outcome;
  const closed = once(socket, 'close');
  socket.close();
  await closed;
  return isFree;
}

/** False for a port in use; any other error is no answer to the question, and is thrown. */
function isTaken(error: unknown): false {
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
  throw error;
}
