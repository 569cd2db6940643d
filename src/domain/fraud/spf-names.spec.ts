import { DnsLookup, type DnsAnswer, type MailExchange } from '../ports/dns.js';
import { lookAtSpfNames } from './spf-names.js';

type Answers = Readonly<Record<string, readonly string[] | 'timeout'>>;

/** Records keyed `TYPE name`, and how many questions were asked; all other names do not exist. */
class Records extends DnsLookup {
  asked = 0;
  constructor(private readonly known: Answers) {
    super();
  }
  private answer(question: string): DnsAnswer<string> {
    this.asked += 1;
    const values = this.known[question];
    if (values === undefined) return { kind: 'nxdomain' };
    return values === 'timeout' ? { kind: 'failure', why: 'timeout' } : { kind: 'answer', values };
  }
  override resolveTxt = (name: string) => Promise.resolve(this.answer(`TXT ${name}`));
  override resolveA = (name: string) => Promise.resolve(this.answer(`A ${name}`));
  override resolveAAAA = (name: string) => Promise.resolve(this.answer(`AAAA ${name}`));
  override resolvePtr = (ip: string) => Promise.resolve(this.answer(`PTR ${ip}`));
  override resolveMx(name: string): Promise<DnsAnswer<MailExchange>> {
    const answer = this.answer(`MX ${name}`);
    if (answer.kind !== 'answer') return Promise.resolve(answer);
    return Promise.resolve({
      kind: 'answer',
      values: answer.values.map((exchange) => ({ priority: 10, exchange })),
    });
  }
}

const look = async (policy: string, more: Answers = {}, address = '203.0.113.9') =>
  (await lookAtSpfNames('a.example', address, new Records({ 'TXT a.example': [policy], ...more }))).state;

describe('whether the SPF record of a domain names an address (RFC 7208)', () => {
  it.each([
    ['its ip4 names it', 'v=spf1 ip4:203.0.113.9 -all', 'good'],
    ['a network around it', 'v=spf1 ip4:203.0.113.0/24 -all', 'good'],
    ['another address', 'v=spf1 ip4:203.0.113.8 -all', 'bad'],
    ['a network beside it', 'v=spf1 ip4:203.0.112.0/24 ~all', 'bad'],
    ['a network that is none', 'v=spf1 ip4:203.0.113.0/x -all', 'bad'],
    ['nothing at all', 'v=spf1', 'bad'],
    ['it is taken out first', 'v=spf1 -ip4:203.0.113.9 ip4:203.0.113.0/24 -all', 'bad'],
    ['in capitals and with an explanation', 'V=SPF1 IP4:203.0.113.9 exp=why.example -ALL', 'good'],
    ['everybody', 'v=spf1 +all', 'good'],
    ['what a sender says decides', 'v=spf1 exists:%{i}.spf.example -all', 'unclear'],
    ['that is unclear, and it is named beside it', 'v=spf1 ptr ip4:203.0.113.9 -all', 'good'],
    ['a term that is no term', 'v=spf1 a:b:c/d -all', 'unclear'],
    ['an include without a name', 'v=spf1 include: -all', 'unclear'],
  ])('%s', async (_what, policy, state) => {
    expect(await look(policy)).toBe(state);
  });

  it.each<readonly [what: string, policy: string, more: Answers, state: string]>([
    ['the domain’s own address', 'v=spf1 a -all', { 'A a.example': ['203.0.113.9'] }, 'good'],
    ['that of another name', 'v=spf1 a:mx.example/24 -all', { 'A mx.example': ['203.0.113.1'] }, 'good'],
    ['its address of before', 'v=spf1 a -all', { 'A a.example': ['203.0.113.1'] }, 'bad'],
    [
      'its mail exchange',
      'v=spf1 mx -all',
      { 'MX a.example': ['mx.example'], 'A mx.example': ['203.0.113.9'] },
      'good',
    ],
    ['an include', 'v=spf1 include:b.example -all', { 'TXT b.example': ['v=spf1 ip4:203.0.113.9'] }, 'good'],
    [
      'an include that denies it',
      'v=spf1 include:b.example -all',
      { 'TXT b.example': ['v=spf1 -all'] },
      'bad',
    ],
    [
      'a redirection',
      'v=spf1 redirect=b.example',
      { 'TXT b.example': ['v=spf1 ip4:203.0.113.9 -all'] },
      'good',
    ],
    ['an include of nothing', 'v=spf1 include:b.example -all', {}, 'unclear'],
    [
      'an include that nobody could read',
      'v=spf1 include:b.example -all',
      { 'TXT b.example': 'timeout' },
      'blind',
    ],
    ['a name that nobody could read', 'v=spf1 a:b.example -all', { 'A b.example': 'timeout' }, 'blind'],
    [
      'two records',
      'v=spf1 include:b.example',
      { 'TXT b.example': ['v=spf1 -all', 'v=spf1 +all'] },
      'unclear',
    ],
  ])('%s', async (_what, policy, more, state) => {
    expect(await look(policy, more)).toBe(state);
  });

  it('an IPv6 address by its network, and by the records of its family', async () => {
    const address = '2001:db8:1::25';
    expect(await look('v=spf1 ip6:2001:db8::/32 -all', {}, address)).toBe('good');
    expect(await look('v=spf1 ip6:2001:db9::/32 ip4:203.0.113.9 -all', {}, address)).toBe('bad');
    expect(await look('v=spf1 a//48 -all', { 'AAAA a.example': ['2001:db8:1::1'] }, address)).toBe('good');
  });

  it('a domain that nobody could read is not looked at, and neither is one without a record (I17)', async () => {
    const silent = new Records({ 'TXT a.example': 'timeout' });
    expect((await lookAtSpfNames('a.example', '203.0.113.9', silent)).state).toBe('blind');
    expect((await lookAtSpfNames('a.example', '203.0.113.9', new Records({}))).state).toBe('unclear');
  });

  it('a record that includes itself ends, after as many look-ups as receivers do (F18)', async () => {
    const dns = new Records({
      'TXT a.example': ['v=spf1 include:a.example include:a.example a:x.example mx redirect=a.example'],
    });
    expect((await lookAtSpfNames('a.example', '203.0.113.9', dns)).state).toBe('unclear');
    expect(dns.asked).toBeLessThanOrEqual(11);
  });
});
