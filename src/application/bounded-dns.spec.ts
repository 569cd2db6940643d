import { mostMillisecondsOfQuestions, mostQuestions } from '../domain/fraud/dns-budget.js';
import { addMilliseconds } from '../domain/instants.js';
import { DnsLookup, type DnsAnswer } from '../domain/ports/dns.js';
import { BoundedDns } from './bounded-dns.js';

/** Knows nothing of anything, and counts who asks; a question takes as long as a test says. */
class Counted extends DnsLookup {
  asked: string[] = [];
  now = '2026-03-01T12:00:00.000Z';
  takesMs = 0;
  answer: DnsAnswer<never> = { kind: 'nxdomain' };
  private readonly count = (type: string) => (name: string) => {
    this.asked.push(`${type} ${name}`);
    this.now = addMilliseconds(this.now, this.takesMs);
    return Promise.resolve(this.answer);
  };
  override resolveTxt = this.count('TXT');
  override resolveMx = this.count('MX');
  override resolveA = this.count('A');
  override resolveAAAA = this.count('AAAA');
  override resolvePtr = this.count('PTR');
}

const around = (dns: Counted) => new BoundedDns(dns, { now: () => dns.now });
const notLookedAt = { kind: 'failure', why: 'not-looked-at' };

describe('DNS for one look at many names (F18, I16)', () => {
  it('is asked each question once, a failure too, however it is spelled', async () => {
    const dns = new Counted();
    dns.answer = { kind: 'failure', why: 'servfail' };
    const bounded = around(dns);
    const names = ['a.example', 'A.Example', 'a.example'];
    for (const name of names) expect(await bounded.resolveA(name)).toEqual(dns.answer);
    await Promise.all(names.flatMap((name) => [bounded.resolveTxt(name), bounded.resolveAAAA(name)]));
    expect(dns.asked).toEqual(['A a.example', 'TXT a.example', 'AAAA a.example']);
  });

  it('is asked so many questions and no more: what was not looked at is never as if it were fine (I17)', async () => {
    const dns = new Counted();
    const bounded = around(dns);
    for (let at = 0; at < mostQuestions; at += 1) {
      expect(bounded.isSpent()).toBe(false);
      expect(await bounded.resolveMx(`${String(at)}.example`)).toEqual({ kind: 'nxdomain' });
    }
    expect(bounded.isSpent()).toBe(true);
    expect(await bounded.resolvePtr('203.0.113.9')).toEqual(notLookedAt);
    expect(await bounded.resolveMx('7.example')).toEqual({ kind: 'nxdomain' });
    expect(dns.asked).toHaveLength(mostQuestions);
  });

  it('is asked for so long and no longer', async () => {
    const dns = new Counted();
    dns.takesMs = 2_000;
    const bounded = around(dns);
    for (let at = 0; at < 100; at += 1) await bounded.resolveTxt(`${String(at)}.example`);
    expect(dns.asked).toHaveLength(mostMillisecondsOfQuestions / dns.takesMs);
    expect(await bounded.resolveTxt('99.example')).toEqual(notLookedAt);
  });
});
