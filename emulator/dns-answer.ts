import dnsPacket, { type Answer, type DecodedPacket, type Packet } from 'dns-packet';
import { answersOf } from './dns-records.js';
import type { DnsOutcome, DnsZone } from './dns-zone.js';

const returnCodes: Readonly<Record<string, number>> = { nxdomain: 3, servfail: 2, refused: 5 };
const mostBytesOverTcp = 65_535;
const mostBytesOverUdp = 4_096;
const plainBytesOverUdp = 512;

/** The bytes that answer a message, or null for silence: a fault wants it, or it is no DNS question. */
export function answerDns(
  zone: DnsZone,
  message: Buffer,
  transport: 'udp' | 'tcp',
  at: string,
): Buffer | null {
  const query = decode(message);
  const question = query?.questions?.[0];
  if (query === null || question === undefined || query.type !== 'query') return null;
  zone.saw({ at, name: question.name, type: question.type, transport });
  const outcome = zone.ask(question.name, question.type);
  if (outcome.kind === 'timeout') return null;
  const packet = packetOf(query, outcome);
  if (transport === 'tcp') return fitting(packet);
  const whole = dnsPacket.encode(packet);
  const isCut = outcome.records.some(({ fault }) => fault === 'truncate');
  if (whole.length <= sizeLimit(query) && !isCut) return whole;
  const flags = (packet.flags ?? 0) | dnsPacket.TRUNCATED_RESPONSE;
  return dnsPacket.encode({ ...packet, answers: [], authorities: [], flags });
}

function decode(message: Buffer): DecodedPacket | null {
  try {
    return dnsPacket.decode(message);
  } catch {
    return null; // not a DNS message: a name server stays silent
  }
}

/** Over TCP a message has 65,535 bytes. Names are not compressed here, so that thousands of records are cut to fit. */
function fitting(packet: Packet): Buffer {
  const answers = [...(packet.answers ?? [])];
  let whole = dnsPacket.encode({ ...packet, answers });
  while (whole.length > mostBytesOverTcp) {
    answers.length = Math.floor(answers.length * 0.9);
    whole = dnsPacket.encode({ ...packet, answers });
  }
  return whole;
}

function hasEdns(query: DecodedPacket) {
  return query.additionals?.find((record) => record.type === 'OPT');
}

/** 512 bytes, or what the client's EDNS record says that it takes. */
function sizeLimit(query: DecodedPacket): number {
  const edns = hasEdns(query);
  if (edns === undefined || !('udpPayloadSize' in edns)) return plainBytesOverUdp;
  return Math.min(mostBytesOverUdp, Math.max(plainBytesOverUdp, edns.udpPayloadSize));
}

function packetOf(query: DecodedPacket, outcome: DnsOutcome): Packet {
  const code = returnCodes[outcome.kind] ?? 0;
  const isAbsent = outcome.kind === 'nxdomain' || outcome.kind === 'nodata';
  return {
    type: 'response',
    id: query.id ?? 0,
    flags: dnsPacket.RECURSION_DESIRED | dnsPacket.RECURSION_AVAILABLE | code,
    questions: query.questions ?? [],
    answers: outcome.records.flatMap(answersOf),
    authorities: isAbsent ? [startOfAuthority] : [],
    additionals: hasEdns(query) === undefined ? [] : [ednsOfServer],
  };
}

const ednsOfServer: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: mostBytesOverUdp,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

const startOfAuthority: Answer = {
  type: 'SOA',
  name: '.',
  ttl: 5,
  data: {
    mname: 'ns.invalid',
    rname: 'nobody.invalid',
    serial: 1,
    refresh: 60,
    retry: 60,
    expire: 60,
    minimum: 5,
  },
};
