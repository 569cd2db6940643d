import { isIPv4, isIPv6 } from 'node:net';
import dnsPacket, { type Answer } from 'dns-packet';
import type { DnsRecord } from './dns-zone.js';

const mostBytesOfText = 255;

/** The answers that a record gives on the wire. */
export function answersOf({ name, type, values, ttl }: DnsRecord): readonly Answer[] {
  return values.map((value) => {
    if (type === 'TXT') return { type: 'TXT', name, ttl, data: inPieces(value) };
    if (type !== 'MX') return { type: type as 'CNAME', name, ttl, data: value };
    const [preference, exchange] = value.split(/\s+/);
    return { type: 'MX', name, ttl, data: { preference: Number(preference), exchange: exchange ?? '' } };
  });
}

/** Whether a record can be sent: what cannot is refused when it is given, not when it is asked for. */
export function encodes(record: DnsRecord): boolean {
  const { type, values } = record;
  if (type === 'A' && !values.every((value) => isIPv4(value))) return false;
  if (type === 'AAAA' && !values.every((value) => isIPv6(value))) return false;
  if (type === 'MX' && !values.every((value) => /^\d{1,5}\s+\S+$/.test(value))) return false;
  try {
    dnsPacket.encode({ type: 'response', answers: [...answersOf(record)] });
    return record.name.split('.').every((label) => Buffer.byteLength(label) < 64);
  } catch {
    return false; // the codec throws at a value that the type cannot hold, which is the question here
  }
}

/** A text record is a row of strings of at most 255 bytes each (RFC 1035, 3.3.14). */
function inPieces(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += mostBytesOfText)
    pieces.push(bytes.subarray(at, at + mostBytesOfText));
  return pieces;
}
