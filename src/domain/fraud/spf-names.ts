import type { DnsAnswer, DnsLookup } from '../ports/dns.js';
import { type IpAddress, isWithin, parseIpAddress } from './ip-addresses.js';
import { hostNameOf, type Look, look, quoted, recordsOf } from './looks.js';

/** Terms that ask DNS, of one record and all that it includes (RFC 7208 section 4.6.4). */
const mostAskingTerms = 10;
/** Mail exchanges that are asked for their addresses, of one `mx` (the same section). */
const mostExchanges = 10;

/** `unclear`: it turns on what a sender says (a macro), or is written in a way that receivers do not agree on. */
type Verdict =
  { readonly kind: 'names' | 'names-not' } | { readonly kind: 'blind' | 'unclear'; readonly why: string };

interface Question {
  readonly address: IpAddress;
  readonly dns: DnsLookup;
  /** How many terms may still ask. */
  readonly budget: { left: number };
}

/**
 * Looks whether the SPF record of a domain lets an address send (RFC 7208 section 4): after a restart that gave a
 * machine another address, the record still names the one of before. `ip4`, `ip6`, `a`, `mx`, `include` and `redirect`
 * are followed; macros, `exists` and `ptr` turn on the sender and are not judged.
 */
export async function lookAtSpfNames(domain: string, text: string, dns: DnsLookup): Promise<Look> {
  const what = `${text} in SPF of ${domain}`;
  const address = parseIpAddress(text);
  if (address === null) return look('unclear', what, 'is no IP address');
  const verdict = await verdictOf(domain, { address, dns, budget: { left: mostAskingTerms } });
  switch (verdict.kind) {
    case 'names':
      return look('good', what, 'may send');
    case 'names-not':
      return look('bad', what, 'is not named');
    case 'blind':
    case 'unclear':
      return look(verdict.kind, what, verdict.why);
  }
}

/** Each term in its order; the first that matches decides. What could not be told decides where nothing names it. */
async function verdictOf(domain: string, question: Question): Promise<Verdict> {
  const record = await recordOf(domain, question.dns);
  if (typeof record !== 'string') return record;
  let open: Verdict | null = null;
  const terms = record.toLowerCase().split(/ +/).slice(1).filter(Boolean);
  for (const term of terms.filter((one) => !/^[a-z][a-z0-9_.-]*=/.test(one))) {
    const verdict = await termVerdict(term, domain, question);
    if (verdict === null) continue;
    if (verdict.kind === 'names') return verdict;
    if (verdict.kind === 'names-not') return open ?? verdict;
    open ??= verdict;
  }
  const target = terms.find((term) => term.startsWith('redirect='))?.slice('redirect='.length);
  if (target === undefined || open !== null) return open ?? { kind: 'names-not' };
  return follow(target, question);
}

async function recordOf(domain: string, dns: DnsLookup): Promise<string | Verdict> {
  const texts = recordsOf(await dns.resolveTxt(domain));
  if ('failure' in texts)
    return { kind: 'blind', why: `TXT of ${quoted(domain)} not read: ${texts.failure}` };
  const [policy, another] = texts.values.filter((text) => /^v=spf1( |$)/i.test(text));
  if (policy !== undefined && another === undefined) return policy;
  return {
    kind: 'unclear',
    why: `${quoted(domain)} has ${policy === undefined ? 'no' : 'more than one'} record`,
  };
}

/** Null where the term does not match. */
async function termVerdict(term: string, domain: string, question: Question): Promise<Verdict | null> {
  const [, sign = '', name = '', rest = ''] = /^([-+~?]?)([a-z0-9]+)(.*)$/.exec(term) ?? [];
  const matched: Verdict = { kind: sign === '' || sign === '+' ? 'names' : 'names-not' };
  const found = await matches(name, rest, domain, question);
  if (found === true) return matched;
  return found === false ? null : found;
}

async function matches(
  name: string,
  rest: string,
  domain: string,
  question: Question,
): Promise<boolean | Verdict> {
  if (name === 'all') return true;
  if (name === 'ip4' || name === 'ip6') return isInNetwork(rest.slice(1), question.address);
  const isJudged = ['a', 'mx', 'include'].includes(name) && !rest.includes('%');
  if (!isJudged) return { kind: 'unclear', why: `\`${quoted(name + rest)}\` turns on what the sender says` };
  const written = /^(?::([^/]*))?(?:\/(\d+))?(?:\/\/(\d+))?$/.exec(rest);
  if (written === null)
    return { kind: 'unclear', why: `\`${quoted(name + rest)}\` is not written as it should be` };
  const [, target = '', bits4 = '32', bits6 = '128'] = written;
  if (name === 'include') {
    const included = await follow(target, question);
    return included.kind === 'names' || (included.kind === 'names-not' ? false : included);
  }
  const host = hostNameOf(target === '' ? domain : target);
  if (host === null || question.budget.left-- <= 0) return cannotFollow(target);
  const bits = Number(question.address.family === 4 ? bits4 : bits6);
  return name === 'a' ? leadsTo(host, bits, question) : exchangesLeadTo(host, bits, question);
}

function follow(target: string, question: Question): Promise<Verdict> | Verdict {
  const host = hostNameOf(target);
  if (host === null || question.budget.left-- <= 0) return cannotFollow(target);
  return verdictOf(host, question);
}

function cannotFollow(target: string): Verdict {
  return { kind: 'unclear', why: `\`${quoted(target)}\` is no name, or one more look-up than receivers do` };
}

function isInNetwork(text: string, address: IpAddress): boolean {
  const [, network = '', bits = '128'] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  return isWithin(network, Number(bits), address);
}

async function leadsTo(host: string, bits: number, { address, dns }: Question): Promise<boolean | Verdict> {
  const answer: DnsAnswer<string> = await (address.family === 4 ? dns.resolveA(host) : dns.resolveAAAA(host));
  const found = recordsOf(answer);
  if ('failure' in found) return { kind: 'blind', why: `${quoted(host)} not read: ${found.failure}` };
  return found.values.some((value) => isWithin(value, bits, address));
}

async function exchangesLeadTo(host: string, bits: number, question: Question): Promise<boolean | Verdict> {
  const found = recordsOf(await question.dns.resolveMx(host));
  if ('failure' in found) return { kind: 'blind', why: `MX of ${quoted(host)} not read: ${found.failure}` };
  const names = found.values.flatMap(({ exchange }) => hostNameOf(exchange) ?? []).slice(0, mostExchanges);
  const answers = await Promise.all(names.map((name) => leadsTo(name, bits, question)));
  return answers.includes(true) || (answers.find((one) => one !== false) ?? false);
}
