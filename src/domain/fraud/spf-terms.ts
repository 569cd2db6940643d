import { parseIpAddress } from './ip-addresses.js';

export type SpfMechanism = 'all' | 'include' | 'a' | 'mx' | 'ptr' | 'exists' | 'ip4' | 'ip6';

/** A mechanism of an SPF record. `text` is what was written, for whoever reads about it. */
export interface SpfTerm {
  readonly text: string;
  /** Whether an address may send that it matches: `-`, `~` and `?` are all no. */
  readonly isPass: boolean;
  readonly name: SpfMechanism;
  /** A domain or a network; null where the term names none. */
  readonly target: string | null;
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
const modifier = /^(?<key>[a-z][a-z0-9_.-]*)=(?<value>.*)$/;
const wholeName = new RegExp(`^${name}$`);
/** The last label is no number, or a macro stands for it. */
const endOfName = /(?:\.(?=[a-z0-9-]*[a-z-])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.?|%\{[^}]*\}|%[%_-])$/;

/**
 * Reads a whole record before any of it is evaluated: whatever stands before it, one term that is not written as it should
 * be makes receivers give up on all of it (RFC 7208 section 4.6). That term is answered in place of the record.
 */
export function spfRecordOf(policy: string): SpfRecord | { readonly wrong: string } {
  const terms: SpfTerm[] = [];
  const modifiers = new Map<string, string>();
  for (const written of policy.toLowerCase().split(/ +/).slice(1).filter(Boolean)) {
    const { key, value = '' } = modifier.exec(written)?.groups ?? {};
    const term = key === undefined ? termOf(written) : null;
    if (term !== null) terms.push(term);
    else if (key === undefined || isWrong(key, value, modifiers)) return { wrong: written };
    else modifiers.set(key, value);
  }
  return { terms, redirect: modifiers.get('redirect') ?? null };
}

/** Receivers ignore modifiers that they do not know; the two that they know stand once at most (section 6). */
function isWrong(key: string, value: string, before: ReadonlyMap<string, string>): boolean {
  return ['redirect', 'exp'].includes(key) && (before.has(key) || !isName(value));
}

function termOf(text: string): SpfTerm | null {
  const [, sign = '', mechanism = '', rest = ''] = /^([-+~?]?)([a-z0-9]+)(.*)$/.exec(text) ?? [];
  if (!isMechanism(mechanism)) return null;
  const match = grammar[mechanism].exec(rest);
  if (match === null) return null;
  const { target = null, bits4: of4 = '32', bits6: of6 = '128' } = match.groups ?? {};
  const isRight =
    target === null || (mechanism.startsWith('ip') ? isNetwork(mechanism, target) : isName(target));
  const [ofIpv4, ofIpv6] = [Number(of4), Number(of6)];
  if (!isRight || ofIpv4 > 32 || ofIpv6 > 128) return null;
  const isPass = sign === '' || sign === '+';
  return { text, isPass, name: mechanism, target, bits4: ofIpv4, bits6: ofIpv6 };
}

function isMechanism(text: string): text is SpfMechanism {
  return Object.hasOwn(grammar, text);
}

function isName(text: string): boolean {
  return wholeName.test(text) && endOfName.test(text);
}

function isNetwork(mechanism: SpfMechanism, text: string): boolean {
  return parseIpAddress(text) !== null && text.includes(':') === (mechanism === 'ip6');
}
