/** What a look-up said. `failure` means that nobody looked: it is never read as "there is no record" (I17). */
export type DnsAnswer<T> =
  | { readonly kind: 'answer'; readonly values: readonly T[] }
  | { readonly kind: 'nxdomain' }
  | { readonly kind: 'nodata' }
  | { readonly kind: 'failure'; readonly why: DnsFailure };

/**
 * `capped`: the adapter's limits ended the look-up (too many records, a CNAME loop, too many look-ups). `not-looked-at`:
 * nobody was asked, because enough had been asked already.
 */
export type DnsFailure = 'timeout' | 'servfail' | 'refused' | 'capped' | 'not-looked-at' | 'other';

export interface MailExchange {
  readonly priority: number;
  readonly exchange: string;
}

/**
 * Looks names up with the product's own resolver, within 2 s and 64 records an answer.
 * Never throws for what the network does: that is `failure`. Names are given without a trailing dot.
 */
export abstract class DnsLookup {
  /** Each value is one TXT record, its character-strings joined without a separator (RFC 7208 section 3.3). */
  abstract resolveTxt(name: string): Promise<DnsAnswer<string>>;
  abstract resolveMx(name: string): Promise<DnsAnswer<MailExchange>>;
  abstract resolveA(name: string): Promise<DnsAnswer<string>>;
  abstract resolveAAAA(name: string): Promise<DnsAnswer<string>>;
  /** Takes an IPv4 or IPv6 address as text and gives the names its reverse record holds. */
  abstract resolvePtr(ip: string): Promise<DnsAnswer<string>>;
}
