import type { CheckSubject, Conclusion } from './fraud-check.js';
import { parseIpAddress } from './ip-addresses.js';
import type { IpAddress } from './ip-addresses.js';
import { concludeLooks, look } from './looks.js';
import { isPublic } from './public-addresses.js';
import type { Look } from './looks.js';

/** So many addresses of one request are looked at; the rest counts as not looked at, so that no request is a flood. */
export const mostAddresses = 16;

/** Looks at every public address that the request names, and sums up. Of others nobody is asked anything. */
export async function concludeAddresses(
  { sending }: Pick<CheckSubject, 'sending'>,
  lookAt: (text: string, address: IpAddress) => Promise<readonly Look[]>,
): Promise<Conclusion> {
  const addresses = [...new Set(sending.publicAddresses.map((address) => address.trim()))];
  const looks = await Promise.all(
    addresses.slice(0, mostAddresses).map(async (text) => {
      const address = parseIpAddress(text);
      if (address === null) return [look('unclear', text.slice(0, 64), 'is no IP address')];
      return isPublic(address) ? lookAt(text, address) : [look('unclear', text, 'is no public address')];
    }),
  );
  const rest = addresses.length - mostAddresses;
  const leftOut = rest > 0 ? [look('blind', 'more addresses', `${rest} were not looked at`)] : [];
  const nothing = { what: 'public addresses', detail: 'the request names none' };
  return concludeLooks([...looks.flat(), ...leftOut], nothing);
}
