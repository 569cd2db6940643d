import { findingOf, type SendingCheck } from './fraud-check.js';
import { concludeLooks, hostNameOf, look } from './looks.js';
import { mostDomains } from './dns-budget.js';
import { lookAtSpfNames } from './spf-names.js';
import { readingOnce } from './spf-terms.js';

/**
 * Warns where the SPF record of a sending domain does not let an address send. It is no check of a round: before the
 * grant the records may rightly name a relay still. It is asked when a restart has given a machine another address.
 */
export const addressNotInSpf: SendingCheck = {
  name: 'address-not-in-spf',
  suspicion: 'The addresses may not send for the domains.',
  reasonCode: 'mail-authentication-incomplete',
  needs: ['dns'],
  mayFail: false,
  look: async (subject, { dns }) => {
    const { domains, publicAddresses } = subject.sending;
    const names = [...new Set(domains.flatMap((domain) => hostNameOf(domain) ?? []))];
    const read = readingOnce();
    const looks = await Promise.all(
      publicAddresses.flatMap((address) =>
        names.slice(0, mostDomains).map((domain) => lookAtSpfNames(domain, address, dns, read)),
      ),
    );
    const rest = names.length - mostDomains;
    const leftOut = rest > 0 ? [look('blind', 'more domains', `${rest} were not looked at`)] : [];
    const nothing = { what: 'sending domains', detail: 'the request names none' };
    return findingOf(addressNotInSpf, subject, 'DNS', concludeLooks([...looks, ...leftOut], nothing));
  },
};
