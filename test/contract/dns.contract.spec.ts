import { startEmulator, type RunningEmulator } from '../../emulator/emulator.js';
import { NodeDns } from '../../src/adapters/dns/node-dns.adapter.js';

let emulator: RunningEmulator;
let dns: NodeDns;

beforeAll(async () => {
  emulator = await startEmulator();
});
beforeEach(() => {
  emulator.world.dns.clear();
  dns = new NodeDns(emulator.dns);
});
afterAll(() => emulator.stop());

interface Wanted {
  readonly values?: readonly string[];
  readonly fault?: 'servfail' | 'timeout' | 'nxdomain' | 'nodata' | 'refused' | 'truncate';
}

function zone(name: string, type: string, { values = [], fault }: Wanted): void {
  emulator.world.dns.put({ name, type, values, ttl: 60, fault: fault ?? null });
}

function transports(): readonly string[] {
  return emulator.world.dns.queries.map(({ transport }) => transport);
}

describe('what there is', () => {
  it('joins the strings of a text record without a separator', async () => {
    const long = `v=spf1 ${'ip4:192.0.2.1 '.repeat(30)}-all`;
    zone('example.com', 'TXT', { values: [long, 'other'] });
    expect(await dns.resolveTxt('example.com')).toEqual({ kind: 'answer', values: [long, 'other'] });
  });

  it('gives mail exchanges, addresses of both kinds, and reverse names', async () => {
    zone('example.com', 'MX', { values: ['10 mx1.example.com'] });
    zone('mx1.example.com', 'A', { values: ['192.0.2.7'] });
    zone('mx1.example.com', 'AAAA', { values: ['2001:db8::7'] });
    zone('7.2.0.192.in-addr.arpa', 'PTR', { values: ['mx1.example.com'] });
    const nibbles = `7${'.0'.repeat(23)}.8.b.d.0.1.0.0.2`;
    zone(`${nibbles}.ip6.arpa`, 'PTR', { values: ['mx6.example.com'] });
    const mx = await dns.resolveMx('example.com');
    expect(mx).toEqual({ kind: 'answer', values: [{ priority: 10, exchange: 'mx1.example.com' }] });
    expect(await dns.resolveA('mx1.example.com')).toEqual({ kind: 'answer', values: ['192.0.2.7'] });
    expect(await dns.resolveAAAA('mx1.example.com')).toEqual({ kind: 'answer', values: ['2001:db8::7'] });
    expect(await dns.resolvePtr('192.0.2.7')).toEqual({ kind: 'answer', values: ['mx1.example.com'] });
    expect(await dns.resolvePtr('2001:db8::7')).toEqual({ kind: 'answer', values: ['mx6.example.com'] });
  });

  it('asks DNS for reverse names, and not the hosts file of this machine', async () => {
    expect(await dns.resolvePtr('127.0.0.1')).toEqual({ kind: 'nxdomain' });
  });

  it('follows an alias', async () => {
    zone('alias.example', 'CNAME', { values: ['real.example'] });
    zone('real.example', 'A', { values: ['192.0.2.8'] });
    expect(await dns.resolveA('alias.example')).toEqual({ kind: 'answer', values: ['192.0.2.8'] });
  });

  it('asks again over TCP when an answer was cut', async () => {
    zone('big.example', 'TXT', { values: ['v=spf1 -all'], fault: 'truncate' });
    expect(await dns.resolveTxt('big.example')).toEqual({ kind: 'answer', values: ['v=spf1 -all'] });
    expect(transports()).toEqual(['udp', 'tcp']);
  });

  it('finds its resolver by a name', async () => {
    zone('example.com', 'A', { values: ['192.0.2.1'] });
    const named = new NodeDns(`localhost:${emulator.dns.split(':')[1] ?? ''}`);
    expect(await named.resolveA('example.com')).toEqual({ kind: 'answer', values: ['192.0.2.1'] });
  });
});

describe('what there is not', () => {
  it('tells a name that does not exist from one without such a record', async () => {
    zone('example.com', 'A', { values: ['192.0.2.1'] });
    expect(await dns.resolveTxt('example.com')).toEqual({ kind: 'nodata' });
    expect(await dns.resolveTxt('nowhere.example')).toEqual({ kind: 'nxdomain' });
  });
});

describe('what nobody could look at is never read as absence (I17, F18)', () => {
  it.each([
    ['servfail', 'servfail'],
    ['refused', 'refused'],
    ['timeout', 'timeout'],
  ] as const)('a resolver that answers %s', async (fault, why) => {
    zone('example.com', 'TXT', { fault });
    const begun = performance.now();
    expect(await dns.resolveTxt('example.com')).toEqual({ kind: 'failure', why });
    expect(performance.now() - begun).toBeLessThan(4_000);
  });

  it('aliases in a circle', async () => {
    zone('a.example', 'CNAME', { values: ['b.example'] });
    zone('b.example', 'CNAME', { values: ['a.example'] });
    expect((await dns.resolveA('a.example')).kind).toBe('failure');
  });

  it.each([65, 3_000])('%i records', async (count) => {
    const values = Array.from(
      { length: count },
      (_, index) => `192.0.${String(index >> 8)}.${String(index & 255)}`,
    );
    zone('many.example', 'A', { values });
    expect(await dns.resolveA('many.example')).toEqual({ kind: 'failure', why: 'capped' });
  });

  it('64 records are an answer', async () => {
    zone('many.example', 'A', {
      values: Array.from({ length: 64 }, (_, index) => `192.0.2.${String(index)}`),
    });
    expect(await dns.resolveA('many.example')).toMatchObject({ kind: 'answer' });
  });

  it('what is no address', async () => {
    expect(await dns.resolvePtr('mx1.example.com')).toEqual({ kind: 'failure', why: 'other' });
  });

  it('a resolver that has no address itself', async () => {
    const lost = new NodeDns(`${'x'.repeat(64)}:53`); // longer than a label may be: no packet leaves for it
    expect(await lost.resolveTxt('example.com')).toEqual({ kind: 'failure', why: 'other' });
  });

  it('a resolver where nobody listens', async () => {
    const other = await startEmulator();
    await other.stop();
    expect((await new NodeDns(other.dns).resolveTxt('example.com')).kind).toBe('failure');
  });
});

describe('the memory', () => {
  it('asks once for the same name and type, however it is spelt', async () => {
    zone('example.com', 'A', { values: ['192.0.2.1'] });
    await Promise.all([dns.resolveA('example.com'), dns.resolveA('EXAMPLE.com')]);
    await dns.resolveA('example.com');
    await dns.resolveTxt('example.com');
    expect(transports()).toHaveLength(2);
  });

  it('keeps no failure: the next round looks again (F18)', async () => {
    zone('example.com', 'A', { fault: 'servfail' });
    expect((await dns.resolveA('example.com')).kind).toBe('failure');
    zone('example.com', 'A', { values: ['192.0.2.1'] });
    expect(await dns.resolveA('example.com')).toEqual({ kind: 'answer', values: ['192.0.2.1'] });
  });
});
