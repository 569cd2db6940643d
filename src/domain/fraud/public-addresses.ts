import { type IpAddress, isWithin } from './ip-addresses.js';

/** What no receiver outside ever sees as a sender: nothing can be learnt there, and what is asked would name our inside. */
const inside: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private (RFC 1918), as are the next two of their kind
  ['100.64.0.0', 10], // carriers' own (RFC 6598)
  ['127.0.0.0', 8], // this machine
  ['168.63.129.16', 32], // the cloud's host, as its machines see it
  ['169.254.0.0', 16], // link-local; clouds tell machines their secrets here
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 3], // multicast, reserved, broadcast
  ['::', 127], // none, and this machine
  ['64:ff9b::', 96], // IPv4 behind a translator (RFC 6052)
  ['2002::', 16], // IPv4 in a tunnel (RFC 7526)
  ['fc00::', 7], // private (RFC 4193)
  ['fe80::', 10], // link-local
  ['ff00::', 8], // multicast
];

/** True for an address that mail could come from on the public internet. IPv4 inside IPv6 is judged as IPv4. */
export function isPublic(address: IpAddress): boolean {
  return !inside.some(([network, bits]) => isWithin(network, bits, address));
}
