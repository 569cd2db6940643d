import { lookup, Resolver } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';
import { parseIpAddress, reversedLabels } from '../../domain/fraud/ip-addresses.js';
import { DnsLookup, type DnsAnswer, type DnsFailure, type MailExchange } from '../../domain/ports/dns.js';

/** A look-up may take 2 seconds; the resolver is asked once, because a check would rather say `error` than wait. */
const timeoutMs = 2_000;
const mostRecords = 64;
const cachedForMs = 60_000;
const mostCached = 2_000;

/** DNS by real packets to the configured resolver (the machine's own where none is), with caps and a short memory. */
@Injectable()
export class NodeDns extends DnsLookup {
  private readonly resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  private readonly cache = new Map<
    string,
    { readonly until: number; readonly answer: Promise<DnsAnswer<unknown>> }
  >();
  private pointed: Promise<void> | null = null;

  /** `host:port` of the resolver; null takes the machine's. */
  constructor(private readonly server: string | null) {
    super();
  }

  override resolveTxt(name: string): Promise<DnsAnswer<string>> {
    return this.ask('TXT', name, async () =>
      (await this.resolver.resolveTxt(name)).map((chunks) => chunks.join('')),
    );
  }

  override resolveMx(name: string): Promise<DnsAnswer<MailExchange>> {
    // The two fields by name: Node 24 adds `type` to each, and what is stored must not depend on the version of Node.
    return this.ask('MX', name, async () =>
      (await this.resolver.resolveMx(name)).map(({ exchange, priority }) => ({ exchange, priority })),
    );
  }

  override resolveA(name: string): Promise<DnsAnswer<string>> {
    return this.ask('A', name, () => this.resolver.resolve4(name));
  }

  override resolveAAAA(name: string): Promise<DnsAnswer<string>> {
    return this.ask('AAAA', name, () => this.resolver.resolve6(name));
  }

  /** Asks for the record itself: Node's `reverse` would read this machine's hosts file first. */
  override resolvePtr(ip: string): Promise<DnsAnswer<string>> {
    const address = parseIpAddress(ip);
    if (address === null) return Promise.resolve({ kind: 'failure', why: 'other' });
    const name = `${reversedLabels(address)}.${address.family === 4 ? 'in-addr' : 'ip6'}.arpa`;
    return this.ask('PTR', name, () => this.resolver.resolvePtr(name));
  }

  private ask<T>(type: string, name: string, look: () => Promise<readonly T[]>): Promise<DnsAnswer<T>> {
    const key = `${type} ${name.toLowerCase()}`;
    const known = this.cache.get(key);
    if (known !== undefined && known.until > performance.now()) return known.answer as Promise<DnsAnswer<T>>;
    if (this.cache.size >= mostCached) this.cache.delete(this.cache.keys().next().value ?? '');
    const answer = lookUp(async () => {
      await this.point();
      return look();
    });
    this.cache.set(key, { until: performance.now() + cachedForMs, answer });
    void answer.then(({ kind }) => {
      // A failure is not remembered: the next round shall look again.
      if (kind === 'failure') this.cache.delete(key);
    });
    return answer;
  }

  /** Points at the configured server before the first question; a name of it that cannot be found is tried again. */
  private async point(): Promise<void> {
    if (this.server === null) return;
    this.pointed ??= serverAt(this.server).then((server) => this.resolver.setServers([server]));
    try {
      await this.pointed;
    } catch (cause) {
      this.pointed = null;
      // Without its code: a resolver that has no address must not read as a name that does not exist (I17).
      throw new Error('the configured resolver cannot be found', { cause });
    }
  }
}

/** The server as Node wants it, by its address: `host:port` may name a container. */
async function serverAt(server: string): Promise<string> {
  const { hostname, port } = new URL(`dns://${server}`);
  const bare = hostname.replace(/^\[|\]$/g, '');
  const { address, family } = await lookup(bare, { verbatim: false }); // IPv4 first: few resolvers listen on both
  return `${family === 6 ? `[${address}]` : address}:${port}`;
}

async function lookUp<T>(look: () => Promise<readonly T[]>): Promise<DnsAnswer<T>> {
  try {
    const values = await within(timeoutMs, look());
    if (values.length > mostRecords) return { kind: 'failure', why: 'capped' };
    return values.length === 0 ? { kind: 'nodata' } : { kind: 'answer', values };
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    if (code === 'ENOTFOUND') return { kind: 'nxdomain' };
    if (code === 'ENODATA') return { kind: 'nodata' };
    return { kind: 'failure', why: failures[code] ?? 'other' };
  }
}

/** The resolver's own time-out is for one packet; with several servers, or TCP after UDP, a look-up would take longer. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    const late = Object.assign(new Error('the look-up took too long'), { code: 'ETIMEOUT' });
    timer = setTimeout(() => reject(late), milliseconds);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

const failures: Readonly<Record<string, DnsFailure>> = {
  ETIMEOUT: 'timeout',
  ESERVFAIL: 'servfail',
  EREFUSED: 'refused',
};
