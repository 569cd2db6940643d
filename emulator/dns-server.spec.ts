import { Resolver } from 'node:dns/promises';
import { createSocket } from 'node:dgram';
import { startEmulator, type RunningEmulator } from './emulator.js';
import { CloudClient } from './support/cloud-client.js';

let emulator: RunningEmulator;
let cloud: CloudClient;
let resolver: Resolver;
beforeAll(async () => {
  emulator = await startEmulator();
  cloud = new CloudClient(emulator.url);
});
beforeEach(async () => {
  await cloud.control('POST', '/reset');
  resolver = resolverWith(60_000); // a busy machine may take its time
});
afterEach(() => resolver.cancel());
afterAll(() => emulator.stop());

function resolverWith(timeout: number): Resolver {
  const made = new Resolver({ timeout, tries: 1 });
  made.setServers([emulator.dns]);
  return made;
}

const put = (name: string, type: string, values: readonly string[], more: object = {}) =>
  cloud.control('PUT', '/dns', { name, type, values, ...more });
const transports = async () => {
  const { body } = await cloud.control('GET', '/dns/queries');
  return (body as { queries: readonly { transport: string }[] }).queries.map(({ transport }) => transport);
};

describe('the name server', () => {
  it('answers every type that the checks ask for, whatever the case', async () => {
    await put('Mail.Example.com', 'TXT', ['v=spf1 -all']);
    await put('mail.example.com', 'A', ['203.0.113.7']);
    await put('mail.example.com', 'AAAA', ['2001:db8::7']);
    await put('mail.example.com', 'MX', ['10 mx1.example.com', '20 mx2.example.com']);
    await put('example.com', 'NS', ['ns1.example.com']);
    await put('7.113.0.203.in-addr.arpa', 'PTR', ['mx1.example.com']);
    expect(await resolver.resolveTxt('mail.example.COM')).toEqual([['v=spf1 -all']]);
    expect(await resolver.resolve4('mail.example.com')).toEqual(['203.0.113.7']);
    expect(await resolver.resolve6('mail.example.com')).toEqual(['2001:db8::7']);
    // Not equal to the two fields: Node 24 adds `type`.
    expect(await resolver.resolveMx('mail.example.com')).toContainEqual(
      expect.objectContaining({ exchange: 'mx2.example.com', priority: 20 }),
    );
    expect(await resolver.resolveNs('example.com')).toEqual(['ns1.example.com']);
    expect(await resolver.reverse('203.0.113.7')).toEqual(['mx1.example.com']);
  });

  it('tells a name without such a record from a name that does not exist', async () => {
    await put('_dmarc.example.com', 'TXT', ['v=DMARC1; p=reject']);
    await expect(resolver.resolveMx('_dmarc.example.com')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(resolver.resolveTxt('example.com')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(resolver.resolveTxt('none.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('splits long texts at 255 bytes, not at characters', async () => {
    const text = 'ü'.repeat(300);
    await put('long.example.com', 'TXT', [text]);
    const [pieces = []] = await resolver.resolveTxt('long.example.com');
    expect(Buffer.byteLength(text)).toBe(600);
    expect(pieces).toHaveLength(3);
  });

  it('truncates over UDP what is too long for it, and answers over TCP', async () => {
    const values = Array.from({ length: 40 }, (_, index) => `${String(index)}-${'x'.repeat(200)}`);
    await put('long.example.com', 'TXT', values);
    expect(await resolver.resolveTxt('long.example.com')).toHaveLength(40);
    expect(await transports()).toEqual(['udp', 'tcp']);
  });

  it('truncates where it is told to', async () => {
    await put('cut.example.com', 'A', ['203.0.113.7'], { fault: 'truncate' });
    expect(await resolver.resolve4('cut.example.com')).toEqual(['203.0.113.7']);
    expect(await transports()).toEqual(['udp', 'tcp']);
  });

  it('answers thousands of records with as many as a message holds (F18)', async () => {
    const values = Array.from(
      { length: 5_000 },
      (_, index) => `10.0.${String(index >> 8)}.${String(index & 255)}`,
    );
    await put('many.example.com', 'A', values);
    expect((await resolver.resolve4('many.example.com')).length).toBeGreaterThan(1_000);
  });

  it.each([
    ['servfail', 'ESERVFAIL'],
    ['nxdomain', 'ENOTFOUND'],
    ['nodata', 'ENODATA'],
    ['refused', 'EREFUSED'],
  ])('goes wrong as it is told to: %s (F18)', async (fault, code) => {
    await put('bad.example.com', 'TXT', ['v=spf1 -all'], { fault });
    await expect(resolver.resolveTxt('bad.example.com')).rejects.toMatchObject({ code });
  });

  it('gives no answer where it is told to (F18)', async () => {
    await put('bad.example.com', 'TXT', ['v=spf1 -all'], { fault: 'timeout' });
    await expect(resolverWith(200).resolveTxt('bad.example.com')).rejects.toMatchObject({ code: 'ETIMEOUT' });
  });

  it('goes wrong for every type of a name where it is told to', async () => {
    await put('bad.example.com', 'ANY', [], { fault: 'servfail' });
    await expect(resolver.resolve4('bad.example.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    await expect(resolver.resolveMx('bad.example.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  it('follows aliases to records, and to what goes wrong behind them (F18, I17)', async () => {
    await put('alias.example.com', 'CNAME', ['real.example.com']);
    await put('real.example.com', 'A', ['203.0.113.7']);
    expect(await resolver.resolve4('alias.example.com')).toEqual(['203.0.113.7']);
    expect(await resolver.resolveCname('alias.example.com')).toEqual(['real.example.com']);
    await put('real.example.com', 'TXT', [], { fault: 'servfail' });
    await expect(resolver.resolveTxt('alias.example.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  it('fails at aliases that go in a circle, and never says that there is no record (F18, I17)', async () => {
    await put('a.example.com', 'CNAME', ['b.example.com']);
    await put('b.example.com', 'CNAME', ['a.example.com']);
    await expect(resolver.resolve4('a.example.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  it('refuses records that could not be sent', async () => {
    const refused = await Promise.all([
      put('x.example.com', 'A', ['not an address']),
      put('x.example.com', 'MX', ['mx1.example.com']),
      put('x.example.com', 'SRV', ['1 2 3 x']),
      put(`${'x'.repeat(64)}.example.com`, 'TXT', ['text']),
      put('x.example.com', 'ANY', []),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
  });

  it('outlives what is no question', async () => {
    const [host = '', port = ''] = emulator.dns.split(':');
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.send('\u0000not dns', Number(port), host, () => resolve()));
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    await put('x.example.com', 'A', ['203.0.113.7']);
    expect(await resolver.resolve4('x.example.com')).toEqual(['203.0.113.7']);
  });
});
