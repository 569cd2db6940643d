import { countSteps, type StepCounter } from '../../support/steps.js';
import type { DnsAnswer, DnsLookup } from '../../../src/domain/ports/dns.js';
import { longestRecord } from '../../../src/domain/fraud/readable-records.js';

let counter: StepCounter;
let fraud: Awaited<ReturnType<typeof load>>;
const load = async () => ({
  ...(await import('../../../src/domain/fraud/spf-terms.js')),
  ...(await import('../../../src/domain/fraud/spf-names.js')),
  ...(await import('../../../src/domain/fraud/spf.js')),
  ...(await import('../../../src/domain/fraud/dmarc.js')),
  ...(await import('../../../src/domain/fraud/dns-budget.js')),
  ...(await import('../../../src/domain/fraud/looks.js')),
  ...(await import('../../../src/domain/fraud/ip-addresses.js')),
  ...(await import('../../../src/domain/fraud/address-not-in-spf.js')),
});
beforeAll(async () => {
  counter = await countSteps();
  fraud = await load();
});
afterAll(() => counter.stop());

const is = (values: readonly string[]): Promise<DnsAnswer<string>> =>
  Promise.resolve({ kind: 'answer', values });
/** A zone that says the same of every name. */
const zoneOf = (...records: readonly string[]): DnsLookup => ({
  resolveTxt: () => is(records),
  resolveA: () => is(['192.0.2.1']),
  resolveAAAA: () => is(['2001:db8::1']),
  resolvePtr: () => is(records),
  resolveMx: () => Promise.resolve({ kind: 'nodata' }),
});
const letters = (n: number) => 'a'.repeat(n);

describe('a record that is longer than any that is published for a reason, or holds control characters (F18, I17)', () => {
  it.each<readonly [what: string, record: string]>([
    ['60,000 letters and a line feed', `v=spf1 ${letters(60_000)}\n`],
    ['a letter more than is read', `v=spf1 ${letters(longestRecord - 6)}`],
    ['a line feed', 'v=spf1 ip4:203.0.113.9 -all\n'],
    ['a tab', 'v=spf1 ip4:203.0.113.9\t-all'],
    ['a control character of eight bits', 'v=spf1 ip4:203.0.113.9 \u0085-all'],
  ])('could not be read, and nothing reads it: %s', async (_what, record) => {
    const dns = zoneOf(record);
    const named = await fraud.lookAtSpfNames('a.example', '203.0.113.9', dns);
    const ready = await fraud.lookAtSpf('a.example', new fraud.DnsBudget(dns));
    expect([named.state, ready.state]).toEqual(['blind', 'blind']);
    expect(named.evidence.detail).toContain('could not be read');
    expect(ready.evidence.detail).toContain('could not be read');
  });

  it('is as little a DMARC policy', async () => {
    const dns = zoneOf(`v=DMARC1; p=reject;${letters(60_000)}\n`);
    const { state, evidence } = await fraud.lookAtDmarc('a.example', null, new fraud.DnsBudget(dns));
    expect(state).toBe('blind');
    expect(evidence.detail).toContain('could not be read');
  });

  it('holds up nothing beside it that is none of ours: a proof of somebody else’s may have a tab', async () => {
    const dns = zoneOf('proof\tof another service', 'v=spf1 ip4:203.0.113.9 -all');
    expect((await fraud.lookAtSpfNames('a.example', '203.0.113.9', dns)).state).toBe('good');
  });

  it('is read where it is as long as is read', async () => {
    const padding = ' '.repeat(longestRecord - 'v=spf1ip4:203.0.113.9'.length);
    const dns = zoneOf(`v=spf1${padding}ip4:203.0.113.9`);
    expect((await fraud.lookAtSpfNames('a.example', '203.0.113.9', dns)).state).toBe('good');
  });
});

describe('text of strangers that is twice as long takes at most twice as many steps (F18)', () => {
  const of = (n: number, part: string) => part.repeat(n / part.length);
  it.each<readonly [what: string, work: (n: number) => unknown]>([
    ['one term of letters', (n) => fraud.spfRecordOf(`v=spf1 ${letters(n)}\n`)],
    ['many terms', (n) => fraud.spfRecordOf(`v=spf1${of(n, ' ip4:192.0.2.1')}`)],
    ['many modifiers', (n) => fraud.spfRecordOf(`v=spf1${of(n, ' a=b')}`)],
    ['many beginnings of a macro', (n) => fraud.spfRecordOf(`v=spf1 exists:${of(n, '%{')}`)],
    ['many macros', (n) => fraud.spfRecordOf(`v=spf1 exists:${of(n, '%{i}')}`)],
    ['many labels', (n) => fraud.spfRecordOf(`v=spf1 a:${of(n, 'a.')}`)],
    ['a network of colons', (n) => fraud.spfRecordOf(`v=spf1 ip6:${of(n, ':')}`)],
    [
      'tags of DMARC',
      (n) => fraud.lookAtDmarc('a.b', null, new fraud.DnsBudget(zoneOf(`v=DMARC1;${of(n, ';')}`))),
    ],
    ['a name of dots', (n) => fraud.hostNameOf(of(n, '.'))],
    ['what is shown of it', (n) => fraud.quoted(of(n, '\u0007'))],
    ['an address of groups', (n) => fraud.parseIpAddress(of(n, 'f:'))],
  ])('%s', async (_what, work) => {
    await counter.steps(() => work(1_024)); // what is done once only, such as compiling
    const [once, twice] = [await counter.steps(() => work(1_024)), await counter.steps(() => work(2_048))];
    expect(once).toBeGreaterThan(0);
    expect(twice).toBeLessThanOrEqual(2.1 * once + 20);
  });

  it('a record that many addresses lead to is read once', async () => {
    const record = `v=spf1${of(2_100, ' ip4:192.0.2.1')} -all`;
    const stepsOf = (addresses: number) =>
      counter.steps(() =>
        fraud.addressNotInSpf.look(
          {
            asOf: '2026-01-01T00:00:00Z',
            sending: {
              kinds: [],
              domains: ['a.example', 'b.example'],
              dailyVolume: 1,
              heloName: null,
              publicAddresses: Array.from({ length: addresses }, (_one, at) => `203.0.113.${String(at)}`),
              dkimSelectors: [],
              abuseContact: null,
            },
          },
          { dns: zoneOf(record) } as Parameters<typeof fraud.addressNotInSpf.look>[1],
        ),
      );
    const [one, eight] = [await stepsOf(1), await stepsOf(8)];
    const known = fraud.spfRecordOf(record);
    const withoutReading = await counter.steps(() =>
      fraud.lookAtSpfNames('a.example', '203.0.113.1', zoneOf(record), () => known),
    );
    expect(eight - one).toBeLessThan(1.15 * 7 * 2 * withoutReading);
  });
});
