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

/** Starts an empty cloud: ARM over http and https, its switchboard, and DNS. Everything lies in memory. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<RunningEmulator> {
  const host = options.host ?? '127.0.0.1';
  const world = emptyWorld();
  const certificate = await makeCertificate(host);
  const plain = createServer(world, null);
  const secure = createServer(world, { key: certificate.private, cert: certificate.cert });
  const url = await plain.listen({ host, port: options.port ?? 0 });
  const tlsUrl = await secure.listen({ host, port: options.tlsPort ?? 0 });
  const dns = await DnsServer.start(world.dns, host, options.dnsPort ?? 0);
  return {
    url,
    tlsUrl,
    dns: `${host}:${String(dns.port)}`,
    ca: certificate.cert,
    world,
    stop: async () => {
      await Promise.all([plain.close(), secure.close(), dns.stop()]);
    },
  };
}

function makeCertificate(host: string) {
  return selfsigned.generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: host },
        ],
      },
    ],
  });
}
