import type { DnsAnswer, DnsLookup } from '../ports/dns.js';
import { agreeIn, type IpAddress, isWithin, parseIpAddress } from './ip-addresses.js';
import { hostNameOf, type Look, look, quoted, recordsOf } from './looks.js';
import { type ReadSpf, readingOnce, spfPoliciesOf, type SpfRecord, type SpfTerm } from './spf-terms.js';

/** Terms that ask DNS, of one record and all that it leads to: one more, and receivers give up (RFC 7208 section 4.6.4). */
const mostAskingTerms = 10;
/** Mail exchanges of one `mx`, and answers without a record, of all terms together (the same section). */
const mostExchanges = 10;
const mostVoidLookUps = 2;

/** A receiver ends here without an answer. `blind`: we could not look. `unclear`: it gives up, or each does as it likes. */
interface Stop {
  readonly kind: 'blind' | 'unclear';
  readonly why: string;
}
/** What may come out. Where it turns on what nobody knows before a mail comes, `why` says on what. */
type Outcome = { readonly kind: 'names' | 'names-not'; readonly why?: string } | Stop;
/** What a term may say: it turns on the mail where it may match, and may not. */
type Answer = 'match' | 'no-match' | Stop;

interface Question {
  readonly address: IpAddress;
  readonly dns: DnsLookup;
  readonly read: ReadSpf;
  /** Terms that may still ask, and answers without a record that may still come. */
  readonly left: { terms: number; voids: number };
}

/**
 * Looks whether the SPF record of a domain lets an address send (RFC 7208 section 4): after a restart that gave a
 * machine another address, the record still names the one of before. Terms are taken in their order, as receivers do: the
 * first that matches decides, and what makes a receiver give up before that leaves nothing to be told. `ptr` and macros
 * may match or not: both ways are followed, and where they part it is not judged.
 */
export async function lookAtSpfNames(
  domain: string,
  text: string,
  dns: DnsLookup,
  read: ReadSpf = readingOnce(),
): Promise<Look> {
  const what = `${text} in SPF of ${domain}`;
  const address = parseIpAddress(text);
  if (address === null) return look('unclear', what, 'is no IP address');
  const left = { terms: mostAskingTerms, voids: mostVoidLookUps };
  const outcomes = await outcomesOf(domain, { address, dns, read, left });
  const stop = outcomes.find(isStop);
  if (stop !== undefined) return look(stop.kind, what, stop.why);
  const kinds = new Set(outcomes.map(({ kind }) => kind));
  if (kinds.size > 1) return look('unclear', what, outcomes.find(({ why }) => why !== undefined)?.why ?? '');
  return kinds.has('names') ? look('good', what, 'may send') : look('bad', what, 'is not named');
}

/** Everything that may come out of a domain's record, one at least. */
async function outcomesOf(domain: string, question: Question): Promise<readonly Outcome[]> {
  const record = await recordOf(domain, question);
  if ('kind' in record) return [record];
  const outcomes: Outcome[] = [];
  for (const term of record.terms) {
    const answers = await answersOf(term, domain, question);
    for (const answer of answers) if (answer !== 'no-match') outcomes.push(outcomeOf(term, answer, answers));
    if (!answers.includes('no-match')) return outcomes;
  }
  if (record.redirect === null) return [...outcomes, { kind: 'names-not' }];
  const text = `redirect=${record.redirect}`;
  return [...outcomes, ...(await follow(record.redirect, text, question))];
}

function outcomeOf({ text, isPass }: SpfTerm, answer: 'match' | Stop, answers: readonly Answer[]): Outcome {
  if (answer !== 'match') return answer;
  const kind = isPass ? 'names' : 'names-not';
  return answers.length === 1 ? { kind } : { kind, why: turnsOnTheMail(text) };
}

async function recordOf(domain: string, { dns, read }: Question): Promise<SpfRecord | Stop> {
  const texts = recordsOf(await dns.resolveTxt(domain));
  if ('failure' in texts)
    return { kind: 'blind', why: `TXT of ${quoted(domain)} not read: ${texts.failure}` };
  const policies = spfPoliciesOf(texts.values);
  if ('failure' in policies)
    return { kind: 'blind', why: `the record of ${quoted(domain)} could not be read: ${policies.failure}` };
  const [policy, another] = policies.values;
  if (policy === undefined) return unclear(`${quoted(domain)} has no record`);
  if (another !== undefined) return unclear(`${quoted(domain)} has more than one record`);
  const record = read(policy);
  return 'wrong' in record
    ? unclear(`\`${quoted(record.wrong)}\` of ${quoted(domain)} is not written as it should be`)
    : record;
}

/** Everything that a term may say, one at least. */
async function answersOf(term: SpfTerm, domain: string, question: Question): Promise<readonly Answer[]> {
  const { name, text, target } = term;
  const { address, left } = question;
  if (name === 'all') return ['match'];
  if (name === 'ip4' || name === 'ip6') return [matchIf(isInNetwork(term, address))];
  if (name === 'include') return includedBy(await follow(target ?? '', text, question));
  if (left.terms-- <= 0) return [oneTooMany(text)];
  if (name === 'ptr' || target?.includes('%'))
    // Where `exists` does not match, its name has no record.
    return ['match', name === 'exists' && left.voids-- <= 0 ? oneVoidTooMany(text) : 'no-match'];
  const host = hostNameOf(target ?? domain);
  if (host === null) return [noName(text)];
  if (name === 'mx') return [await exchangesLeadTo(host, term, question)];
  return [await leadsTo(host, name === 'exists' ? null : term, question)];
}

/** What an included record does not let send is no match here, however it says so (section 5.2). */
function includedBy(outcomes: readonly Outcome[]): readonly Answer[] {
  const answers = outcomes.map((one) => (isStop(one) ? one : matchIf(one.kind === 'names')));
  return [...new Set(answers)];
}

/** Of a name that turns on the mail, nothing is known of where it leads. */
async function follow(target: string, text: string, question: Question): Promise<readonly Outcome[]> {
  if (question.left.terms-- <= 0) return [oneTooMany(text)];
  const why = turnsOnTheMail(text);
  if (target.includes('%')) return [{ kind: 'names', why }, { kind: 'names-not' }];
  const host = hostNameOf(target);
  return host === null ? [noName(text)] : outcomesOf(host, question);
}

function isInNetwork({ name, network, bits4, bits6 }: SpfTerm, address: IpAddress): boolean {
  const family = name === 'ip4' ? 4 : 6;
  return address.family === family && agreeIn(network, family === 4 ? bits4 : bits6, address);
}

/** Whether an address of a name is the one in question, within the bits of the term; without a term, whether it has any. */
async function leadsTo(
  host: string,
  term: Pick<SpfTerm, 'text' | 'bits4' | 'bits6'> | null,
  question: Question,
): Promise<Answer> {
  const { address, dns } = question;
  const isIpv4 = term === null || address.family === 4;
  const values = valuesOf(host, await (isIpv4 ? dns.resolveA(host) : dns.resolveAAAA(host)), question);
  if ('kind' in values) return values;
  if (term === null) return matchIf(values.length > 0);
  return matchIf(values.some((value) => isWithin(value, isIpv4 ? term.bits4 : term.bits6, address)));
}

/** In the order of their preference, until one matches (section 5.4). */
async function exchangesLeadTo(host: string, term: SpfTerm, question: Question): Promise<Answer> {
  const found = valuesOf(host, await question.dns.resolveMx(host), question);
  if ('kind' in found) return found;
  if (found.length > mostExchanges)
    return unclear(`${quoted(host)} has more mail exchanges than receivers ask`);
  for (const { exchange } of found.toSorted((a, b) => a.priority - b.priority)) {
    const name = hostNameOf(exchange);
    const answer = name === null ? 'no-match' : await leadsTo(name, term, question);
    if (answer !== 'no-match') return answer;
  }
  return 'no-match';
}

/** The records of a name; or why receivers, or we, do not go on. */
function valuesOf<T>(host: string, answer: DnsAnswer<T>, { left }: Question): readonly T[] | Stop {
  const found = recordsOf(answer);
  if ('failure' in found) return { kind: 'blind', why: `${quoted(host)} not read: ${found.failure}` };
  return found.values.length === 0 && left.voids-- <= 0 ? oneVoidTooMany(host) : found.values;
}

const matchIf = (isMatch: boolean): Answer => (isMatch ? 'match' : 'no-match');
const isStop = (one: Outcome): one is Stop => one.kind === 'blind' || one.kind === 'unclear';
const unclear = (why: string): Stop => ({ kind: 'unclear', why });
const oneTooMany = (text: string) => unclear(`\`${quoted(text)}\` is one more look-up than receivers do`);
const oneVoidTooMany = (text: string) =>
  unclear(`\`${quoted(text)}\` is one more name without a record than receivers put up with`);
const noName = (text: string) => unclear(`\`${quoted(text)}\` leads to no name`);
const turnsOnTheMail = (text: string) => `\`${quoted(text)}\` turns on the mail that is sent`;
