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
    ['nothing at all', 'v=spf1', 'bad'],
    ['it is taken out first', 'v=spf1 -ip4:203.0.113.9 ip4:203.0.113.0/24 -all', 'bad'],
    ['in capitals and with an explanation', 'V=SPF1 IP4:203.0.113.9 exp=why.example -ALL', 'good'],
    ['everybody', 'v=spf1 +all', 'good'],
    ['a network of IPv6 that has its bits', 'v=spf1 ip6:::ffff:203.0.113.9 -all', 'bad'],
    ['a modifier that nobody knows', 'v=spf1 since=2017 ip4:203.0.113.9 -all', 'good'],
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
    ['a name that exists', 'v=spf1 exists:b.example -all', { 'A b.example': ['127.0.0.2'] }, 'good'],
    ['a name that does not', 'v=spf1 exists:b.example -all', {}, 'bad'],
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

  it.each([
    ['its network is none', 'ip4:203.0.113.0/x'],
    ['it has more bits than there are', 'ip4:203.0.113.0/33'],
    ['it has an address of the other family', 'ip4:2001:db8::1'],
    ['it names an address in place of a name', 'a:203.0.113.9'],
    ['it has two names', 'a:b:c/d'],
    ['it includes nothing', 'include:'],
    ['nobody knows it', 'ipv4:203.0.113.9'],
    ['its macro is none', 'exists:%(i).spf.example'],
    ['it is no term at all', '203.0.113.9'],
    ['it redirects twice', 'redirect=b.example redirect=c.example'],
  ])(
    'unclear, before a match and behind it, where a term is not written as it should be: %s',
    async (_what, term) => {
      expect(await look(`v=spf1 ${term} ip4:203.0.113.9 -all`)).toBe('unclear');
      expect(await look(`v=spf1 ip4:203.0.113.9 ${term} -all`)).toBe('unclear');
    },
  );

  it.each<readonly [what: string, term: string, more: Answers, state: string]>([
    ['includes nothing that there is', 'include:b.example', {}, 'unclear'],
    ['includes what nobody could read', 'include:b.example', { 'TXT b.example': 'timeout' }, 'blind'],
    ['leads to what nobody could read', 'a:b.example', { 'A b.example': 'timeout' }, 'blind'],
    ['asks for exchanges that nobody could read', 'mx', { 'MX a.example': 'timeout' }, 'blind'],
    [
      'includes two records',
      'include:b.example',
      { 'TXT b.example': ['v=spf1 -all', 'v=spf1 +all'] },
      'unclear',
    ],
    [
      'includes what is badly written',
      'include:b.example',
      { 'TXT b.example': ['v=spf1 ip4 -all'] },
      'unclear',
    ],
    ['names no name', 'a:b..example', {}, 'unclear'],
    [
      'has eleven exchanges',
      'mx',
      { 'MX a.example': Array.from({ length: 11 }, (_one, at) => `mx${String(at)}.example`) },
      'unclear',
    ],
    [
      'follows two names without a record, and has none',
      'a:x.example a:y.example a:z.example',
      {},
      'unclear',
    ],
    [
      'is one of eleven that ask',
      `${'ptr '.repeat(10)}a:b.example`,
      { 'A b.example': ['192.0.2.1'] },
      'unclear',
    ],
  ])(
    'not told where receivers end before a match, at a term that %s (I17)',
    async (_what, term, more, state) => {
      expect(await look(`v=spf1 ${term} ip4:203.0.113.9 -all`, more)).toBe(state);
      expect(await look(`v=spf1 ip4:203.0.113.9 ${term} -all`, more)).toBe('good');
      expect(await look(`v=spf1 -ip4:203.0.113.9 ${term} -all`, more)).toBe('bad');
    },
  );

  it.each([
    ['may let it send, and what follows does', '+exists:%{i}.spf.example ip4:203.0.113.9 -all', 'good'],
    ['may let it send, and what follows does not', '+exists:%{i}.spf.example -all', 'unclear'],
    [
      'may take it out, and what follows lets it send',
      '-exists:%{i}.spf.example ip4:203.0.113.9 -all',
      'unclear',
    ],
    ['may take it out softly', '~ptr ip4:203.0.113.9 -all', 'unclear'],
    ['may say nothing of it', '?a:%{l}.b.example ip4:203.0.113.9 -all', 'unclear'],
    ['may take it out, and so does what follows', '-ptr -all', 'bad'],
    [
      'may let it send, and another may take it out',
      'ptr -include:%{d}.b.example ip4:203.0.113.9',
      'unclear',
    ],
    ['may let it send, and receivers end behind it', 'ptr include:b.example ip4:203.0.113.9', 'unclear'],
    ['may redirect it', 'redirect=%{d}.spf.example', 'unclear'],
    [
      'may have had two names without a record',
      'exists:%{i}.x exists:%{i}.y.z a:b.c ip4:203.0.113.9',
      'unclear',
    ],
    ['comes behind what lets it send', 'ip4:203.0.113.9 -ptr -all', 'good'],
  ])('by both ways of a term that turns on the mail: it %s', async (_what, terms, state) => {
    expect(await look(`v=spf1 ${terms}`)).toBe(state);
  });

  it('by both ways of an included term that turns on the mail', async () => {
    const more = { 'TXT b.example': ['v=spf1 exists:%{i}.spf.example -all'] };
    expect(await look('v=spf1 include:b.example ip4:203.0.113.9 -all', more)).toBe('good');
    expect(await look('v=spf1 include:b.example -all', more)).toBe('unclear');
    expect(await look('v=spf1 -include:b.example ip4:203.0.113.9', more)).toBe('unclear');
  });

  it('of ten mail exchanges in the order of their preference, and none behind the one that matches', async () => {
    const exchanges = Array.from({ length: 10 }, (_one, at) => `mx${String(at)}.example`);
    const dns = new Records({
      'TXT a.example': ['v=spf1 mx -all'],
      'MX a.example': exchanges,
      'A mx0.example': ['192.0.2.1'],
      'A mx1.example': ['203.0.113.9'],
    });
    expect((await lookAtSpfNames('a.example', '203.0.113.9', dns)).state).toBe('good');
    expect(dns.asked).toBe(4);
  });

  it('says what could not be told', async () => {
    const dns = new Records({ 'TXT a.example': ['v=spf1 include:b.example ip4:203.0.113.9 -all'] });
    const { evidence } = await lookAtSpfNames('a.example', '203.0.113.9', dns);
    expect(evidence).toEqual({ what: '203.0.113.9 in SPF of a.example', detail: 'b.example has no record' });
  });

  it('a record that includes itself ends, after as many look-ups as receivers do (F18)', async () => {
    const dns = new Records({
      'TXT a.example': ['v=spf1 include:a.example include:a.example a:x.example mx redirect=a.example'],
    });
    expect((await lookAtSpfNames('a.example', '203.0.113.9', dns)).state).toBe('unclear');
    expect(dns.asked).toBeLessThanOrEqual(11);
  });
});
