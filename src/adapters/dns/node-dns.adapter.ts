import { Resolver } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';
import { DnsLookup, type DnsAnswer, type DnsFailure, type MailExchange } from '../../domain/ports/dns.js';

/** Packets may take 2 seconds; the resolver is asked once, because a check would rather say `error` than wait. */
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

  /** `host:port` of the resolver; null takes the machine's. */
  constructor(server: string | null) {
    super();
    if (server !== null) this.resolver.setServers([server]);
  }

  override resolveTxt(name: string): Promise<DnsAnswer<string>> {
    return this.ask('TXT', name, async () =>
      (await this.resolver.resolveTxt(name)).map((chunks) => chunks.join('')),
    );
  }

  override resolveMx(name: string): Promise<DnsAnswer<MailExchange>> {
    return this.ask('MX', name, () => this.resolver.resolveMx(name));
  }

  override resolveA(name: string): Promise<DnsAnswer<string>> {
    return this.ask('A', name, () => this.resolver.resolve4(name));
  }

  override resolveAAAA(name: string): Promise<DnsAnswer<string>> {
    return this.ask('AAAA', name, () => this.resolver.resolve6(name));
  }

  override resolvePtr(ip: string): Promise<DnsAnswer<string>> {
    return this.ask('PTR', ip, () => this.resolver.reverse(ip));
  }

  private ask<T>(type: string, name: string, look: () => Promise<readonly T[]>): Promise<DnsAnswer<T>> {
    const key = `${type} ${name.toLowerCase()}`;
    const known = this.cache.get(key);
    if (known !== undefined && known.until > performance.now()) return known.answer as Promise<DnsAnswer<T>>;
    if (this.cache.size >= mostCached) this.cache.delete(this.cache.keys().next().value ?? '');
    const answer = lookUp(look);
    this.cache.set(key, { until: performance.now() + cachedForMs, answer });
    void answer.then(({ kind }) => {
      // A failure is not remembered: the next round shall look again.
      if (kind === 'failure') this.cache.delete(key);
    });
    return answer;
  }
}

async function lookUp<T>(look: () => Promise<readonly T[]>): Promise<DnsAnswer<T>> {
  try {
    const values = await look();
    if (values.length > mostRecords) return { kind: 'failure', why: 'capped' };
    return values.length === 0 ? { kind: 'nodata' } : { kind: 'answer', values };
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    if (code === 'ENOTFOUND') return { kind: 'nxdomain' };
    if (code === 'ENODATA') return { kind: 'nodata' };
    return { kind: 'failure', why: failures[code] ?? 'other' };
  }
}

const failures: Readonly<Record<string, DnsFailure>> = {
  ETIMEOUT: 'timeout',
  ESERVFAIL: 'servfail',
  EREFUSED: 'refused',
};
