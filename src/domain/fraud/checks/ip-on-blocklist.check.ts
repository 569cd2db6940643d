import type { DnsLookup } from '../../ports/dns.js';
import { concludeAddresses } from '../address-looks.js';
import { findingOf } from '../fraud-check.js';
import type { Conclusion, SendingCheck } from '../fraud-check.js';
import { reversedLabels } from '../ip-addresses.js';
import type { IpAddress } from '../ip-addresses.js';
import { look, recordsOf } from '../looks.js';
import type { Look } from '../looks.js';

/** Warns where a public list names an address of the request. Many addresses of clouds are listed by their past. */
export const ipOnBlocklist: SendingCheck = {
  name: 'ip-on-blocklist',
  suspicion: 'The addresses have sent spam before.',
  reasonCode: 'address-reputation',
  needs: ['dns'],
  mayFail: false,
  look: async (subject, sources) => {
    const zones = [...new Set(sources.blocklistZones)];
    const conclusion: Conclusion =
      zones.length === 0
        ? { outcome: 'unknown', evidence: [{ what: 'blocklists', detail: 'none is configured' }] }
        : await concludeAddresses(subject, (text, address) =>
            Promise.all(zones.map((zone) => lookIn(zone, text, address, sources.dns))),
          );
    return findingOf(ipOnBlocklist, subject, 'DNS blocklists', conclusion);
  },
};

async function lookIn(zone: string, text: string, address: IpAddress, dns: DnsLookup): Promise<Look> {
  const what = `${text} in ${zone}`;
  const answer = recordsOf(await dns.resolveA(`${reversedLabels(address)}.${zone}`));
  if ('failure' in answer) return look('blind', what, `not read: ${answer.failure}`);
  if (answer.values.length === 0) return look('good', what, 'not listed');
  const codes = answer.values.join(', ');
  // An open resolver, or more questions than the list allows: the list did not answer the question (F18).
  if (answer.values.some((value) => value.startsWith('127.255.255.'))) {
    return look('blind', what, `the list refused to answer (${codes})`);
  }
  // A listing is 127.0.0.0/8 (RFC 5782); anything else is a resolver that invents answers.
  if (!answer.values.every((value) => value.startsWith('127.'))) {
    return look('blind', what, `the answer is no blocklist's (${codes})`);
  }
  return look('bad', what, `listed (${codes})`);
}
