import type { DnsLookup } from '../ports/dns.js';
import { recordsOf } from './looks.js';

/** So many domains of one request are looked at; the rest counts as not looked at. */
export const mostDomains = 20;

/** Look-ups that one domain may cost, SPF and DMARC together: a hostile zone must not make us a flood (F18). */
export const mostLookUps = 10;

/**
 * Questions of one review of addresses, whatever its domains publish: 16 addresses take 14 each at most (a reverse record,
 * 9 names, 4 lists) and 20 domains 10 each, 424 in all. The rest is for what SPF records lead to; a domain alone could
 * lead to 110 more.
 */
export const mostQuestions = 600;
/** RFC 7208 (section 4.6.4) wants 20 seconds at least for one SPF record; a whole review has three times that. */
export const mostMillisecondsOfQuestions = 60_000;

export type TextRecords = { readonly values: readonly string[] } | { readonly failure: string };

/** Counts the look-ups that one domain costs and refuses more than its share. */
export class DnsBudget {
  private left = mostLookUps;

  constructor(private readonly dns: DnsLookup) {}

  /** TXT records of a name, none where there are none, or why nobody could look. */
  async texts(name: string): Promise<TextRecords> {
    if (this.left === 0) return { failure: `more than ${mostLookUps} look-ups` };
    this.left -= 1;
    return recordsOf(await this.dns.resolveTxt(name));
  }
}
