import type { TextRecords } from './dns-budget.js';
import { type IpAddress, parseIpAddress } from './ip-addresses.js';
import { recordsOfVersion } from './readable-records.js';

export type SpfMechanism = 'all' | 'include' | 'a' | 'mx' | 'ptr' | 'exists' | 'ip4' | 'ip6';

/** A mechanism of an SPF record. `text` is what was written, for whoever reads about it. */
export interface SpfTerm {
  readonly text: string;
  /** Whether an address may send that it matches: `-`, `~` and `?` are all no. */
  readonly isPass: boolean;
  readonly name: SpfMechanism;
  /** A domain or a network; null where the term names none. */
  readonly target: string | null;
  /** What `ip4` and `ip6` name. */
  readonly network: IpAddress | null;
  /** How many bits of an IPv4 and of an IPv6 address count. */
  readonly bits4: number;
  readonly bits6: number;
}

/** A record as it is written: its mechanisms in their order, and who decides where none of them matches. */
export interface SpfRecord {
  readonly terms: readonly SpfTerm[];
  readonly redirect: string | null;
}

const macro = String.raw`%(?:\{[slodiphv]\d*r?[-.+,/_=]*\}|[%_-])`;
const name = String.raw`(?<target>(?:${macro}|[!-$&-.0-~])+)`;
const bits4 = String.raw`(?<bits4>0|[1-9]\d?)`;
const bits6 = String.raw`(?<bits6>0|[1-9]\d{0,2})`;
const ofHosts = new RegExp(`^(?::${name})?(?:/${bits4})?(?://${bits6})?$`);

/** How it goes on after the name of a mechanism (RFC 7208 section 12). */
const grammar: Readonly<Record<SpfMechanism, RegExp>> = {
  all: /^$/,
  include: new RegExp(`^:${name}$`),
  exists: new RegExp(`^:${name}$`),
  ptr: new RegExp(`^(?::${name})?$`),
  a: ofHosts,
  mx: ofHosts,
  ip4: new RegExp(`^:(?<target>[0-9.]+)(?:/${bits4})?$`),
  ip6: new RegExp(`^:(?<target>[0-9a-f:.]+)(?:/${bits6})?$`),
};
const keyOfModifier = /^[a-z][a-z0-9_.-]*$/;
const nameOfMechanism = /^[a-z0-9]+/;
const wholeName = new RegExp(`^${name}$`);
const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

const version = /^v=spf1(?: |$)/i;

/** The SPF records among the texts of a name, or why they could not be read. */
export function spfPoliciesOf(values: readonly string[]): TextRecords {
  return recordsOfVersion(values, version);
}

/** What reads a record: of one that several addresses and domains lead to, once. */
export type ReadSpf = (policy: string) => SpfRecord | { readonly wrong: string };

/** Reads each text once. */
export function readingOnce(): ReadSpf {
  const known = new Map<string, ReturnType<ReadSpf>>();
  return (policy) => {
    const record = known.get(policy) ?? spfRecordOf(policy);
    known.set(policy, record);
    return record;
  };
}

/**
 * Reads a whole record before any of it is evaluated: whatever stands before it, one term that is not written as it should
 * be makes receivers give up on all of it (RFC 7208 section 4.6). That term is answered in place of the record.
 */
export function spfRecordOf(policy: string): SpfRecord | { readonly wrong: string } {
  const terms: SpfTerm[] = [];
  const modifiers = new Map<string, string>();
  for (const written of policy.toLowerCase().split(/ +/).slice(1).filter(Boolean)) {
    const modifier = modifierOf(written);
    const term = modifier === null ? termOf(written) : null;
    if (term !== null) terms.push(term);
    else if (modifier === null || isWrong(...modifier, modifiers)) return { wrong: written };
    else modifiers.set(...modifier);
  }
  return { terms, redirect: modifiers.get('redirect') ?? null };
}

/** The key and the value of a modifier; null where the text is none. Each character is read once. */
function modifierOf(text: string): readonly [key: string, value: string] | null {
  const at = text.indexOf('=');
  const key = text.slice(0, Math.max(at, 0));
  return keyOfModifier.test(key) ? [key, text.slice(at + 1)] : null;
}

/** Receivers ignore modifiers that they do not know; the two that they know stand once at most (section 6). */
function isWrong(key: string, value: string, before: ReadonlyMap<string, string>): boolean {
  return ['redirect', 'exp'].includes(key) && (before.has(key) || !isName(value));
}

function termOf(text: string): SpfTerm | null {
  const sign = '-+~?'.includes(text.charAt(0)) ? text.charAt(0) : '';
  const unsigned = text.slice(sign.length);
  const [mechanism = ''] = nameOfMechanism.exec(unsigned) ?? [];
  if (!isMechanism(mechanism)) return null;
  const match = grammar[mechanism].exec(unsigned.slice(mechanism.length));
  if (match === null) return null;
  const { target = null, bits4: of4 = '32', bits6: of6 = '128' } = match.groups ?? {};
  const network = mechanism === 'ip4' || mechanism === 'ip6' ? networkOf(mechanism, target ?? '') : null;
  const isRight = target === null || network !== null || (!mechanism.startsWith('ip') && isName(target));
  const [ofIpv4, ofIpv6] = [Number(of4), Number(of6)];
  if (!isRight || ofIpv4 > 32 || ofIpv6 > 128) return null;
  const isPass = sign === '' || sign === '+';
  return { text, isPass, name: mechanism, target, network, bits4: ofIpv4, bits6: ofIpv6 };
}

function isMechanism(text: string): text is SpfMechanism {
  return Object.hasOwn(grammar, text);
}

function isName(text: string): boolean {
  return wholeName.test(text) && (endsInMacro(text) || endsInLabel(text));
}

function endsInMacro(text: string): boolean {
  const at = text.lastIndexOf('%{');
  return /%[%_-]$/.test(text) || (at >= 0 && text.indexOf('}', at) === text.length - 1);
}

/** The last label is no number, and not the only one. */
function endsInLabel(text: string): boolean {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  const at = name.lastIndexOf('.');
  const last = name.slice(at + 1);
  return at >= 0 && label.test(last) && /[a-z-]/.test(last);
}

function networkOf(mechanism: 'ip4' | 'ip6', text: string): IpAddress | null {
  return text.includes(':') === (mechanism === 'ip6') ? parseIpAddress(text) : null;
}
