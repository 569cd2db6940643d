import type { DnsLookup } from '../../ports/dns.js';
import { concludeAddresses } from '../address-looks.js';
import { findingOf } from '../fraud-check.js';
import type { SendingCheck } from '../fraud-check.js';
import { isSameAddress } from '../ip-addresses.js';
import type { IpAddress } from '../ip-addresses.js';
import { hostNameOf, look, quoted, recordsOf } from '../looks.js';
import type { Look } from '../looks.js';

/** One look-up for the reverse record and this many for its names: 10 in all an address. */
const mostNames = 9;

/** Warns where an address has no reverse name that leads back to it: large receivers refuse such mail. */
export const missingReverseDns: SendingCheck = {
  name: 'missing-reverse-dns',
  suspicion: 'The addresses are not set up to send mail.',
  reasonCode: 'mail-authentication-incomplete',
  needs: ['dns'],
  mayFail: false,
  look: async (subject, sources) =>
    findingOf(
      missingReverseDns,
      subject,
      'DNS',
      await concludeAddresses(subject, async (text, address) => [await lookAt(text, address, sources.dns)]),
    ),
};

async function lookAt(text: string, { family }: IpAddress, dns: DnsLookup): Promise<Look> {
  const reverse = recordsOf(await dns.resolvePtr(text));
  if ('failure' in reverse) return look('blind', text, `reverse record not read: ${reverse.failure}`);
  const names = reverse.values.flatMap((value) => hostNameOf(value) ?? []);
  if (names.length === 0) return look('bad', text, 'has no reverse name');
  const answers = await Promise.all(
    names.slice(0, mostNames).map(async (name) => {
      const answer = await (family === 4 ? dns.resolveA(name) : dns.resolveAAAA(name));
      return { name, answer: recordsOf(answer) };
    }),
  );
  const confirming = answers.find(
    ({ answer }) => 'values' in answer && answer.values.some((value) => isSameAddress(value, text)),
  );
  if (confirming !== undefined) return look('good', text, `${quoted(confirming.name)} leads back to it`);
  const couldNotLook = names.length > mostNames || answers.some(({ answer }) => 'failure' in answer);
  const named = quoted(names.join(', '));
  return couldNotLook
    ? look('blind', text, `not every reverse name could be read: ${named}`)
    : look('bad', text, `no reverse name leads back to it: ${named}`);
}
