import { DnsLookup } from '../../ports/dns.js';
import type { DnsAnswer, MailExchange } from '../../ports/dns.js';
import { packP3 } from '../../policy/packs/p03-2018-11.pack.js';
import type { CheckSources, CheckSubject, FraudCheck, SendingFacts } from '../fraud-check.js';
import { ipOnBlocklist } from './ip-on-blocklist.check.js';
import { missingReverseDns } from './missing-reverse-dns.check.js';
import { senderDomainUnready } from './sender-domain-unready.check.js';

type Records = Readonly<Record<string, DnsAnswer<string>>>;

/** A resolver that knows these records, keyed `TYPE name`; all other names do not exist. It keeps what was asked. */
class KnownRecords extends DnsLookup {
  readonly asked: string[] = [];
  constructor(private readonly records: Records) {
    super();
  }
  resolveTxt = (name: string) => this.answer(`TXT ${name}`);
  resolveA = (name: string) => this.answer(`A ${name}`);
  resolveAAAA = (name: string) => this.answer(`AAAA ${name}`);
  resolvePtr = (ip: string) => this.answer(`PTR ${ip}`);
  resolveMx = (): Promise<DnsAnswer<MailExchange>> => Promise.resolve({ kind: 'nodata' });
  private answer(question: string): Promise<DnsAnswer<string>> {
    this.asked.push(question);
    return Promise.resolve(this.records[question] ?? { kind: 'nxdomain' });
  }
}

const is = (...values: readonly string[]): DnsAnswer<string> => ({ kind: 'answer', values });
const silence: DnsAnswer<string> = { kind: 'failure', why: 'timeout' };
const servfail: DnsAnswer<string> = { kind: 'failure', why: 'servfail' };

const tenantId = '00000000-0000-4000-8000-0000000000c1';
const at = '2026-01-01T00:00:00Z';
const offer = { quotaId: 'PayAsYouGo_2014-09-01', offerId: '0003P' };
const billing = { paidInvoicesUsd: 100, firstInvoicePaidAt: null, pastDue: false };
const named = { subscriptionId: '00000000-0000-4000-8000-0000000000b1', tenantId, displayName: 'shop' };
const status = { createdAt: at, state: 'Enabled', spendingLimit: 'Off', partnerTenantId: null } as const;
const nothingSaid = { heloName: null, publicAddresses: [], dkimSelectors: [], abuseContact: null };

const subjectWith = (sending: Partial<SendingFacts>): CheckSubject => ({
  requestId: '00000000-0000-4000-8000-0000000000a1',
  tenantId,
  filedBy: { kind: 'customer', tenantId },
  controlProof: null,
  subscription: { ...named, offer, ...status, billing },
  submittedAt: at,
  asOf: at,
  pack: packP3,
  sending: { kinds: ['transactional'], domains: [], dailyVolume: 100, ...nothingSaid, ...sending },
  contactEmail: 'ops@example.com',
  relayCannotBeUsed: true,
});

async function look(
  check: FraudCheck,
  sending: Partial<SendingFacts>,
  records: Records,
  blocklistZones: readonly string[] = ['bl.example'],
) {
  const dns = new KnownRecords(records);
  const unused = {
    requestsOfTenantSince: () => Promise.resolve(0),
    revocationsOf: () => Promise.resolve([]),
  };
  const sources: CheckSources = {
    dns,
    history: unused,
    disposable: { isDisposable: () => false },
    publicSuffix: { of: (name) => name.split('.').slice(-2).join('.') },
    cloud: { read: () => Promise.resolve({ kind: 'absent' }) },
    blocklistZones,
  };
  return { finding: await check.look(subjectWith(sending), sources), asked: dns.asked };
}

const spf = { 'TXT mail.example.com': is('unrelated', 'v=spf1 ip4:203.0.113.7 -all') };
const dmarc = { 'TXT _dmarc.mail.example.com': is('v=DMARC1; p=reject') };
const dmarcOfOrganisation = { 'TXT _dmarc.example.com': is('v=DMARC1;p=none') };
const many = (text: string) => is(...Array.from({ length: 65 }, (_, index) => `${text}${index}`));

describe('sender-domain-unready', () => {
  test.each<readonly [string, string, Records]>([
    ['ready', 'pass', { ...spf, ...dmarc }],
    ['DMARC of the organisational domain', 'pass', { ...spf, ...dmarcOfOrganisation }],
    ['no SPF', 'warn', dmarc],
    ['no DMARC', 'warn', spf],
    ['no such names at all', 'warn', {}],
    ['two SPF records', 'warn', { ...dmarc, 'TXT mail.example.com': is('v=spf1 -all', 'v=spf1 ~all') }],
    ['SPF for everybody', 'warn', { ...dmarc, 'TXT mail.example.com': is('v=spf1 +all') }],
    ['SPF of another version', 'warn', { ...dmarc, 'TXT mail.example.com': is('v=spf10 -all') }],
    [
      'DMARC without a policy',
      'warn',
      { ...spf, 'TXT _dmarc.mail.example.com': is('v=DMARC1; rua=mailto:a@b') },
    ],
    [
      'two DMARC records',
      'warn',
      { ...spf, 'TXT _dmarc.mail.example.com': is('v=DMARC1; p=none', 'v=DMARC1; p=reject') },
    ],
    ['F18, I17: SERVFAIL is an error', 'error', { ...dmarc, 'TXT mail.example.com': servfail }],
    ['F18, I17: a time-out is an error', 'error', { ...spf, 'TXT _dmarc.mail.example.com': silence }],
    [
      'F18: thousands of records are an error',
      'error',
      { ...dmarc, 'TXT mail.example.com': many('v=spf1 -all') },
    ],
    [
      'what is seen to be missing counts beside what could not be seen',
      'warn',
      { 'TXT mail.example.com': servfail },
    ],
    [
      'a redirection to a good record',
      'pass',
      {
        ...dmarc,
        'TXT mail.example.com': is('v=spf1 redirect=_spf.example.com'),
        'TXT _spf.example.com': is('v=spf1 -all'),
      },
    ],
    [
      'a redirection to nothing',
      'warn',
      { ...dmarc, 'TXT mail.example.com': is('v=spf1 redirect=gone.example.com') },
    ],
  ])('%s: %s', async (_what, outcome, records) => {
    const { finding } = await look(senderDomainUnready, { domains: ['Mail.Example.com'] }, records);
    expect(finding).toMatchObject({ check: 'sender-domain-unready', outcome, source: 'DNS' });
    expect(finding.reasonCode).toBe(outcome === 'pass' ? null : 'mail-authentication-incomplete');
    expect(finding.evidence).toHaveLength(2);
  });

  test('F18: a domain that redirects to itself costs at most ten look-ups', async () => {
    const loop = { 'TXT a.example.com': is('v=spf1 redirect=a.example.com') };
    const { finding, asked } = await look(senderDomainUnready, { domains: ['a.example.com'] }, loop);
    expect(finding.outcome).toBe('warn');
    expect(asked.length).toBeLessThanOrEqual(10);
  });

  test('no domain is unknown, what is no name is a warning and is never looked up', async () => {
    expect((await look(senderDomainUnready, {}, {})).finding.outcome).toBe('unknown');
    const { finding, asked } = await look(senderDomainUnready, { domains: ['not a name'] }, {});
    expect([finding.outcome, asked]).toEqual(['warn', []]);
  });

  test('somebody else’s text is cut before it is kept', async () => {
    const long = { ...dmarc, 'TXT mail.example.com': is(`v=spf1 ${'a'.repeat(5_000)}\u0007 -all`) };
    const { finding } = await look(senderDomainUnready, { domains: ['mail.example.com'] }, long);
    expect(finding.evidence[0]?.detail.length).toBeLessThan(250);
  });

  test('more domains than are looked at leave the check unable to look', async () => {
    const domains = Array.from({ length: 25 }, (_, index) => `d${index}.example.com`);
    const records = Object.fromEntries(domains.map((name) => [`TXT ${name}`, is('v=spf1 -all')]));
    const { finding, asked } = await look(
      senderDomainUnready,
      { domains },
      { ...records, ...dmarcOfOrganisation },
    );
    expect(finding.outcome).toBe('error');
    expect(asked).toHaveLength(60);
  });
});

describe('missing-reverse-dns', () => {
  const ptr = { 'PTR 203.0.113.7': is('mx1.example.com.') };
  const forward = { 'A mx1.example.com': is('203.0.113.7') };
  test.each<readonly [string, string, Records]>([
    ['forward-confirmed', 'pass', { ...ptr, ...forward }],
    ['no reverse name', 'warn', {}],
    ['a name that leads elsewhere', 'warn', { ...ptr, 'A mx1.example.com': is('203.0.113.8') }],
    ['a name that does not exist', 'warn', ptr],
    [
      'one of two names leads back',
      'pass',
      { ...forward, 'PTR 203.0.113.7': is('x.example.com', 'mx1.example.com') },
    ],
    ['F18, I17: the reverse record times out', 'error', { 'PTR 203.0.113.7': silence }],
    ['F18, I17: the forward record times out', 'error', { ...ptr, 'A mx1.example.com': silence }],
    ['F18: a thousand names', 'error', { 'PTR 203.0.113.7': many('n.example.com') }],
  ])('%s: %s', async (_what, outcome, records) => {
    const { finding } = await look(missingReverseDns, { publicAddresses: ['203.0.113.7'] }, records);
    expect(finding.outcome).toBe(outcome);
  });

  test('IPv6 is compared by value, not by spelling', async () => {
    const records = {
      'PTR 2001:db8::7': is('mx.example.com'),
      'AAAA mx.example.com': is('2001:0DB8:0:0::0007'),
    };
    const { finding } = await look(missingReverseDns, { publicAddresses: ['2001:db8::7'] }, records);
    expect(finding.outcome).toBe('pass');
  });

  test('no address, and what is no address, is unknown', async () => {
    expect((await look(missingReverseDns, {}, {})).finding.outcome).toBe('unknown');
    expect((await look(missingReverseDns, { publicAddresses: ['here'] }, {})).finding.outcome).toBe(
      'unknown',
    );
  });
});

describe('ip-on-blocklist', () => {
  const question = 'A 7.113.0.203.bl.example';
  test.each<readonly [string, string, Records]>([
    ['not listed', 'pass', {}],
    ['no such type', 'pass', { [question]: { kind: 'nodata' } }],
    ['listed', 'warn', { [question]: is('127.0.0.2') }],
    ['F18, I17: 127.255.255.254 is an error, not a listing', 'error', { [question]: is('127.255.255.254') }],
    [
      'F18, I17: 127.255.255.252 beside a code is one too',
      'error',
      { [question]: is('127.0.0.2', '127.255.255.252') },
    ],
    ['an invented answer', 'error', { [question]: is('198.51.100.1') }],
    ['F18, I17: SERVFAIL', 'error', { [question]: servfail }],
  ])('%s: %s', async (_what, outcome, records) => {
    const { finding } = await look(ipOnBlocklist, { publicAddresses: ['203.0.113.7'] }, records);
    expect(finding.outcome).toBe(outcome);
    expect(finding.reasonCode).toBe(outcome === 'pass' ? null : 'address-reputation');
  });

  test('IPv6 is asked by nibbles, in every zone', async () => {
    const { asked } = await look(ipOnBlocklist, { publicAddresses: ['2001:db8::1'] }, {}, [
      'a.example',
      'b.example',
    ]);
    const nibbles = '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2';
    expect(asked).toEqual([`A ${nibbles}.a.example`, `A ${nibbles}.b.example`]);
  });

  test('a listing counts although another zone could not be asked', async () => {
    const records = { [question]: is('127.0.0.2'), 'A 7.113.0.203.b.example': silence };
    const { finding } = await look(ipOnBlocklist, { publicAddresses: ['203.0.113.7'] }, records, [
      'bl.example',
      'b.example',
    ]);
    expect([finding.outcome, finding.value]).toEqual(['warn', 1]);
  });

  test('without zones or addresses nobody knows', async () => {
    expect((await look(ipOnBlocklist, { publicAddresses: ['203.0.113.7'] }, {}, [])).finding.outcome).toBe(
      'unknown',
    );
    expect((await look(ipOnBlocklist, {}, {})).finding.outcome).toBe('unknown');
  });
});
