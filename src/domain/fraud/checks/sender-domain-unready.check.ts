import { DnsBudget, mostDomains } from '../dns-budget.js';
import { findingOf } from '../fraud-check.js';
import type { CheckSources, SendingCheck } from '../fraud-check.js';
import { concludeLooks, hostNameOf, look } from '../looks.js';
import type { Look } from '../looks.js';
import { lookAtDmarc } from '../dmarc.js';
import { lookAtSpf } from '../spf.js';

/** Warns where a sending domain has no usable SPF or DMARC: its mail cannot be told from a forger's. */
export const senderDomainUnready: SendingCheck = {
  name: 'sender-domain-unready',
  suspicion: 'The domains are not set up to send mail, or are not theirs.',
  reasonCode: 'mail-authentication-incomplete',
  needs: ['dns'],
  mayFail: false,
  look: async (subject, sources) => {
    const domains = [...new Set(subject.sending.domains.map((domain) => domain.trim().toLowerCase()))];
    const looks = await Promise.all(domains.slice(0, mostDomains).map((domain) => lookAt(domain, sources)));
    const rest = domains.length - mostDomains;
    const leftOut = rest > 0 ? [look('blind', 'more domains', `${rest} were not looked at`)] : [];
    const nothing = { what: 'sending domains', detail: 'the request names none' };
    return findingOf(
      senderDomainUnready,
      subject,
      'DNS',
      concludeLooks([...looks.flat(), ...leftOut], nothing),
    );
  },
};

async function lookAt(text: string, { dns, publicSuffix }: CheckSources): Promise<readonly Look[]> {
  const domain = hostNameOf(text);
  if (domain === null) return [look('bad', text.slice(0, 64), 'is no domain name')];
  const budget = new DnsBudget(dns);
  return [await lookAtSpf(domain, budget), await lookAtDmarc(domain, publicSuffix.of(domain), budget)];
}
