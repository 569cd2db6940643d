import type { CheckSources } from '../../../src/domain/fraud/fraud-check.js';
import { CheckWorld } from '../../../src/domain/ports/check-world.js';
import { DnsLookup, type DnsAnswer, type MailExchange } from '../../../src/domain/ports/dns.js';
import type { RequestHistory } from '../../../src/domain/ports/request-history.js';

/** A resolver that knows one well-kept mail host, until it is told to be blind. */
class QuietDns extends DnsLookup {
  blind = false;
  /** Where the mail host is, and what SPF names. */
  hostAddress = '203.0.113.7';

  private answer<T>(values: readonly T[]): Promise<DnsAnswer<T>> {
    if (this.blind) return Promise.resolve({ kind: 'failure', why: 'servfail' });
    return Promise.resolve(values.length === 0 ? { kind: 'nxdomain' } : { kind: 'answer', values });
  }

  override resolveTxt(name: string): Promise<DnsAnswer<string>> {
    const isDmarc = name.startsWith('_dmarc.');
    return this.answer([isDmarc ? 'v=DMARC1; p=reject' : `v=spf1 ip4:${this.hostAddress} -all`]);
  }
  override resolveMx(): Promise<DnsAnswer<MailExchange>> {
    return this.answer([{ priority: 10, exchange: 'mx1.example.com' }]);
  }
  override resolveA(name: string): Promise<DnsAnswer<string>> {
    return this.answer(name === 'mx1.example.com' ? [this.hostAddress] : []);
  }
  override resolveAAAA(): Promise<DnsAnswer<string>> {
    return this.answer<string>([]);
  }
  override resolvePtr(): Promise<DnsAnswer<string>> {
    return this.answer(['mx1.example.com']);
  }
}

/** A world in which nothing speaks against a request, unless a test says so. */
export class QuietWorld extends CheckWorld {
  readonly dns = new QuietDns();
  /** Whom the checks ask; the quiet one, unless a test has a resolver of its own. */
  resolver: DnsLookup = this.dns;
  /** What the cloud says of every subscription; registered facts weigh more. */
  cloudTenantId = '';
  /** A cloud that does not answer. */
  cloudIsAway = false;

  constructor(private readonly history: RequestHistory) {
    super();
  }

  override sources(): CheckSources {
    return {
      dns: this.resolver,
      history: this.history,
      disposable: { isDisposable: (domain) => domain === 'mailinator.com' },
      publicSuffix: { of: (name) => name.split('.').slice(-2).join('.') },
      cloud: {
        read: () =>
          Promise.resolve(
            this.cloudIsAway
              ? { kind: 'failure', why: 'timeout' }
              : { kind: 'found', state: 'Enabled', tenantId: this.cloudTenantId },
          ),
      },
      blocklistZones: ['bl.example'],
    };
  }
}
