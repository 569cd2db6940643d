import { isIP } from 'node:net';
import selfsigned from 'selfsigned';
import { DnsServer } from './dns-server.js';
import { createServer } from './server.js';
import { emptyWorld, type World } from './world.js';

export interface EmulatorOptions {
  /** 0 or absent takes a random free port; so for the others. */
  readonly port?: number;
  readonly tlsPort?: number;
  readonly dnsPort?: number;
  readonly host?: string;
}

export interface RunningEmulator {
  readonly url: string;
  readonly tlsUrl: string;
  /** `host:port` of the name server, UDP and TCP. */
  readonly dns: string;
  /** The certificate of the https listener, PEM, for clients that verify. */
  readonly ca: string;
  readonly world: World;
  stop(): Promise<void>;
}

/**
 * Starts an empty cloud: ARM over http and https, its switchboard, and DNS. Everything lies in memory. Rejects, with
 * nothing left open, where a port is taken.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<RunningEmulator> {
  const host = options.host ?? '127.0.0.1';
  const world = emptyWorld();
  const certificate = await makeCertificate(host);
  const plain = createServer(world, null);
  const secure = createServer(world, { key: certificate.private, cert: certificate.cert });
  const closeServers = () => Promise.all([plain.close(), secure.close()]);
  try {
    const url = await plain.listen({ host, port: options.port ?? 0 });
    const tlsUrl = await secure.listen({ host, port: options.tlsPort ?? 0 });
    const dns = await DnsServer.start(world.dns, world.clock, host, options.dnsPort ?? 0);
    return {
      url,
      tlsUrl,
      dns: `${new URL(url).hostname}:${String(dns.port)}`,
      ca: certificate.cert,
      world,
      stop: async () => {
        world.clock.forget();
        world.eventGrid.reset();
        await world.eventGrid.idle();
        await Promise.all([closeServers(), dns.stop()]);
      },
    };
  } catch (error) {
    await closeServers();
    throw error;
  }
}

function makeCertificate(host: string) {
  const addresses = new Set(['127.0.0.1', '::1', ...(isIP(host) === 0 ? [] : [host])]);
  const names = new Set(['localhost', ...(isIP(host) === 0 ? [host] : [])]);
  return selfsigned.generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          ...[...names].map((value) => ({ type: 2 as const, value })),
          ...[...addresses].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
}
