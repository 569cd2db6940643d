import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server, type Socket as TcpSocket } from 'node:net';
import dnsPacket, { type Answer, type DecodedPacket, type Packet } from 'dns-packet';
import type { DnsOutcome, DnsRecord, DnsZone } from './dns-zone.js';

const returnCodes: Readonly<Record<string, number>> = { nxdomain: 3, servfail: 2, refused: 5 };

/** A name server for one zone, on UDP and TCP under the same port number. */
export class DnsServer {
  private readonly connections = new Set<TcpSocket>();

  private constructor(
    private readonly zone: DnsZone,
    private readonly udp: Socket,
    private readonly tcp: Server,
    readonly port: number,
  ) {}

  /** Port 0 takes a random one that is free for both transports. */
  static async start(zone: DnsZone, host: string, port: number): Promise<DnsServer> {
    for (let attempt = 0; ; attempt += 1) {
      const udp = createSocket('udp4');
      await new Promise<void>((resolve, reject) => udp.once('error', reject).bind(port, host, resolve));
      const taken = udp.address().port;
      const tcp = createServer();
      const listening = await new Promise<boolean>((resolve) => {
        tcp.once('error', () => resolve(false)).listen(taken, host, () => resolve(true));
      });
      if (listening) return new DnsServer(zone, udp, tcp, taken).serve();
      udp.close();
      if (port !== 0 || attempt > 20) throw new Error(`no free DNS port on ${host}`);
    }
  }

  private serve(): this {
    this.udp.on('message', (message, from) => {
      const answer = this.answer(message, 'udp');
      if (answer !== null) this.udp.send(answer, from.port, from.address);
    });
    this.tcp.on('connection', (socket) => {
      this.connections.add(socket);
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
    });
    return this;
  }

  async stop(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    await Promise.all([
      new Promise<void>((resolve) => this.udp.close(() => resolve())),
      new Promise<void>((resolve) => this.tcp.close(() => resolve())),
    ]);
  }

  private answer(message: Buffer, transport: 'udp' | 'tcp'): Buffer | null {
    const query = decode(message);
    const question = query?.questions?.[0];
    if (query === null || question === undefined) return null;
    this.zone.saw({ at: new Date().toISOString(), name: question.name, type: question.type, transport });
    const outcome = this.zone.ask(question.name, question.type);
    if (outcome.kind === 'timeout') return null;
    const packet = packetOf(query, outcome);
    const whole = Buffer.from(dnsPacket.encode(packet));
    const forced =
      outcome.kind === 'records' && outcome.records.some((record) => record.fault === 'truncate');
    if (transport === 'tcp' || (whole.length <= sizeLimit(query) && !forced)) return whole;
    return Buffer.from(
      dnsPacket.encode({ ...packet, answers: [], flags: (packet.flags ?? 0) | dnsPacket.TRUNCATED_RESPONSE }),
    );
  }
}

function decode(message: Buffer): DecodedPacket | null {
  try {
    return dnsPacket.decode(message);
  } catch {
    return null; // not a DNS message: a name server stays silent
  }
}

function lengthOf(message: Buffer): Buffer {
  const prefix = Buffer.alloc(2);
  prefix.writeUInt16BE(message.length);
  return prefix;
}

/** 512 bytes, or what the client's EDNS record says that it takes. */
function sizeLimit(query: DecodedPacket): number {
  const edns = query.additionals?.find((record) => record.type === 'OPT');
  return edns !== undefined && 'udpPayloadSize' in edns ? Math.max(512, edns.udpPayloadSize) : 512;
}

function packetOf(query: DecodedPacket, outcome: DnsOutcome): Packet {
  const code = returnCodes[outcome.kind] ?? 0;
  const answers = outcome.kind === 'records' ? outcome.records.flatMap(answersOf) : [];
  return {
    type: 'response',
    id: query.id ?? 0,
    flags:
      dnsPacket.AUTHORITATIVE_ANSWER | dnsPacket.RECURSION_DESIRED | dnsPacket.RECURSION_AVAILABLE | code,
    questions: query.questions ?? [],
    answers,
    authorities: answers.length === 0 && code !== 2 ? [startOfAuthority] : [],
  };
}

const startOfAuthority: Answer = {
  type: 'SOA',
  name: 'invalid',
  ttl: 5,
  data: {
    mname: 'ns.invalid',
    rname: 'nobody.invalid',
    serial: 1,
    refresh: 60,
    retry: 60,
    expire: 60,
    minimum: 5,
  },
};

function answersOf({ name, type, values, ttl }: DnsRecord): readonly Answer[] {
  return values.map((value) => {
    switch (type.toUpperCase()) {
      case 'TXT':
        return { type: 'TXT', name, ttl, data: value.match(/.{1,255}/gs) ?? [''] };
      case 'MX': {
        const [preference, exchange] = value.split(/\s+/);
        return { type: 'MX', name, ttl, data: { preference: Number(preference), exchange: exchange ?? '' } };
      }
      default:
        return { type: type.toUpperCase() as 'A', name, ttl, data: value };
    }
  });
}
