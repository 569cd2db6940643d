/** An address as its bytes: 4 of IPv4 or 16 of IPv6. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bytes: readonly number[];
}

/** Reads an address; null when the text is none. IPv4 written inside IPv6 (`::ffff:192.0.2.1`) is read as IPv4. */
export function parseIpAddress(text: string): IpAddress | null {
  const trimmed = text.trim();
  if (!trimmed.includes(':')) {
    const bytes = parseIpv4(trimmed);
    return bytes === null ? null : { family: 4, bytes };
  }
  const bytes = parseIpv6(trimmed);
  if (bytes === null) return null;
  const mapped = bytes.slice(0, 12).join() === '0,0,0,0,0,0,0,0,0,0,255,255';
  return mapped ? { family: 4, bytes: bytes.slice(12) } : { family: 6, bytes };
}

/** The one spelling of an address (RFC 5952 for IPv6: small letters, no leading zeros, the longest run of zeros cut). */
export function spelledOnce({ family, bytes }: IpAddress): string {
  if (family === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)).toString(16),
  );
  const { from, length } = longestRunOfZeros(groups);
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, from).join(':')}::${groups.slice(from + length).join(':')}`;
}

function longestRunOfZeros(groups: readonly string[]): { readonly from: number; readonly length: number } {
  let longest = { from: 0, length: 0 };
  let length = 0;
  for (const [at, group] of groups.entries()) {
    length = group === '0' ? length + 1 : 0;
    if (length > longest.length) longest = { from: at - length + 1, length };
  }
  return longest;
}

/** True when both texts name the same address, however they are spelled. */
export function isSameAddress(first: string, second: string): boolean {
  const [one, other] = [parseIpAddress(first), parseIpAddress(second)];
  return one !== null && other !== null && one.bytes.join() === other.bytes.join();
}

/** True when the address agrees with the network in its first bits. No address and another family are outside. */
export function isWithin(network: string, bits: number, { family, bytes }: IpAddress): boolean {
  return agreeIn(parseIpAddress(network), bits, { family, bytes });
}

/** The same of a network that was read before. */
export function agreeIn(first: IpAddress | null, bits: number, { family, bytes }: IpAddress): boolean {
  return first?.family === family && sameBits(first.bytes, bytes, bits);
}

function sameBits(one: readonly number[], other: readonly number[], bits: number): boolean {
  return one.every((byte, at) => {
    const counted = Math.min(Math.max(bits - at * 8, 0), 8);
    const mask = (0xff << (8 - counted)) & 0xff;
    return (byte & mask) === ((other[at] ?? 0) & mask);
  });
}

/** The labels under which reverse zones and blocklists name an address: octets or nibbles, last first (RFC 5782). */
export function reversedLabels({ family, bytes }: IpAddress): string {
  if (family === 4) return [...bytes].reverse().join('.');
  return bytes
    .flatMap((byte) => [byte >> 4, byte & 15])
    .reverse()
    .map((nibble) => nibble.toString(16))
    .join('.');
}

function parseIpv4(text: string): readonly number[] | null {
  const octets = text.split('.');
  const bytes = octets.filter((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256).map(Number);
  return octets.length === 4 && bytes.length === 4 ? bytes : null;
}

function parseIpv6(text: string): readonly number[] | null {
  const halves = text.split('::');
  const [head, tail] = halves.map(bytesOfGroups);
  if (head === undefined || head === null || tail === null || halves.length > 2) return null;
  if (tail === undefined) return head.length === 16 ? head : null;
  const missing = 16 - head.length - tail.length;
  return missing < 2 ? null : [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

function bytesOfGroups(text: string): readonly number[] | null {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    const embedded = index === groups.length - 1 ? parseIpv4(group) : null;
    if (embedded !== null) bytes.push(...embedded);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) bytes.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 255);
    else return null;
  }
  return bytes.length <= 16 ? bytes : null;
}
