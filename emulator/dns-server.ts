import { createSocket, type Socket } from 'node:dgram';
import { createServer, isIPv6, type Server, type Socket as TcpSocket } from 'node:net';
import type { EmulatorClock } from './clock.js';
import { answerDns } from './dns-answer.js';
import type { DnsZone } from './dns-zone.js';

/** A random UDP port is free for TCP too, nearly always: more failures than these are no chance. */
const mostAttempts = 20;

/** A resolver that knows one zone and nothing else, on UDP and TCP under the same port number. */
export class DnsServer {
  private readonly connections = new Set<TcpSocket>();

  private constructor(
    private readonly zone: DnsZone,
    private readonly clock: EmulatorClock,
    private readonly udp: Socket,
    private readonly tcp: Server,
    readonly port: number,
  ) {}

  /** Port 0 takes a random one that is free for both transports. Throws where the port is taken. */
  static async start(zone: DnsZone, clock: EmulatorClock, host: string, port: number): Promise<DnsServer> {
    for (let attempt = 1; ; attempt += 1) {
      const udp = await bind(host, port);
      const taken = udp.address().port;
      const tcp = createServer();
      const refused = await new Promise<Error | null>((resolve) => {
        tcp.once('error', resolve).listen(taken, host, () => resolve(null));
      });
      if (refused === null) return new DnsServer(zone, clock, udp, tcp, taken).serve();
      udp.close();
      if (port !== 0 || attempt === mostAttempts) throw refused;
    }
  }

  private serve(): this {
    this.udp.removeAllListeners('error').on('message', (message, from) => {
      const answer = this.answer(message, 'udp');
      if (answer === null) return;
      // Nobody waits for a datagram that cannot be sent: the client asks again, as it does when one is lost.
      this.udp.send(answer, from.port, from.address, () => undefined);
    });
    // A datagram socket reports what its peers refused; an emulator that died of it would fail somebody else's test.
    this.udp.on('error', (error) => process.stderr.write(`emulator: dns over udp: ${error.message}\n`));
    this.tcp.on('connection', (socket) => this.serveConnection(socket));
    return this;
  }

  private serveConnection(socket: TcpSocket): void {
    this.connections.add(socket);
    // A client that hangs up in the middle of an answer is an error of the socket, and ends with it.
    socket.on('close', () => this.connections.delete(socket)).on('error', () => socket.destroy());
    let buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      buffer = Buffer.concat([buffer, chunk]);
      while (buffer.length >= 2 && buffer.length >= buffer.readUInt16BE(0) + 2) {
        const length = buffer.readUInt16BE(0);
        const answer = this.answer(buffer.subarray(2, length + 2), 'tcp');
        buffer = buffer.subarray(length + 2);
        if (answer !== null) socket.write(Buffer.concat([lengthOf(answer), answer]));
      }
    });
  }

  private answer(message: Buffer, transport: 'udp' | 'tcp'): Buffer | null {
    return answerDns(this.zone, message, transport, this.clock.now());
  }

  async stop(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    await Promise.all([
      new Promise<void>((resolve) => this.udp.close(() => resolve())),
      new Promise<void>((resolve) => this.tcp.close(() => resolve())),
    ]);
  }
}

function lengthOf(message: Buffer): Buffer {
  const prefix = Buffer.alloc(2);
  prefix.writeUInt16BE(message.length);
  return prefix;
}

/** A socket that cannot be bound is closed before its error is thrown: it would keep the process alive. */
function bind(host: string, port: number): Promise<Socket> {
  const udp = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  return new Promise((resolve, reject) => {
    udp.once('error', (error) => udp.close(() => reject(error)));
    udp.bind(port, host, () => resolve(udp));
  });
}
