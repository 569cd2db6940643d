import type { DnsLookup } from '../ports/dns.js';
import { recordsOf } from './looks.js';

/** So many domains of one request are looked at; the rest counts as not looked at. */
export const mostDomains = 20;

/** Look-ups that one domain may cost, SPF and DMARC together: a hostile zone must not make us a flood (F18). */
export const mostLookUps = 10;

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
