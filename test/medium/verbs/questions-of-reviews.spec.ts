import { NodeDns } from '../../../src/adapters/dns/node-dns.adapter.js';
import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { ReviewExemption } from '../../../src/application/queries/review-exemption.js';
import { SetRestartPlan } from '../../../src/application/set-restart-plan.js';
import { mostDomains, mostQuestions } from '../../../src/domain/fraud/dns-budget.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';
import { withAddress } from './furnished.js';
import { by, customer, reviewer } from './people.js';

let world: EmulatedWorld;
beforeEach(async () => {
  world = await createEmulatedWorld();
});
afterEach(() => world.close());

const some = <T>(count: number, make: (at: string) => T): readonly T[] =>
  Array.from({ length: count }, (_one, at) => make(String(at)));
const record = (name: string, type: string, values: readonly string[]) =>
  world.emulator.world.dns.put({ name, type, values, ttl: 60, fault: null });

/** An exemption that has become effective, whose machines' new addresses were looked at by real questions. */
async function reviewed(domains: readonly string[], machines: readonly string[]): Promise<Granted> {
  const right = await granted(world, 0, machines, { domains, furnish: withAddress('Dynamic') });
  world.outside.resolver = new NodeDns(world.emulator.dns);
  const plan = { mode: 'managed', window: null, maxUnavailable: 16, canary: false } as const;
  await world.verb(SetRestartPlan).run(by(customer), { exemptionId: right.exemptionId, plan });
  await world.work();
  await world.live(2, 5_000);
  return right;
}

const questions = () => world.emulator.world.dns.queries.map(({ type, name }) => `${type} ${name}`);

describe('the questions of one review of addresses (F18, I16)', () => {
  it('are asked once each, whatever asks them: domains, addresses, and a resolver that fails', async () => {
    world.emulator.world.dns.put({ name: 'a.example', type: 'TXT', values: [], ttl: 60, fault: 'servfail' });
    record('b.example', 'TXT', ['v=spf1 include:c.example a:mx.example -all']);
    record('c.example', 'TXT', ['v=spf1 a:mx.example -all']);
    record('mx.example', 'A', ['192.0.2.1']);
    const right = await reviewed(['a.example', 'b.example', 'c.example'], ['mx1', 'mx2']);
    const { addressReview } = await world.verb(FindExemption).run(by(customer), right.exemptionId);
    expect(addressReview?.addresses).toHaveLength(2);
    expect(questions().toSorted()).toEqual([...new Set(questions())].toSorted());
    expect(questions()).toEqual(expect.arrayContaining(['TXT a.example', 'TXT c.example', 'A mx.example']));
  });

  it('are bounded whatever its domains publish: the rest was not looked at, and is never told as fine', async () => {
    const domains = some(mostDomains, (at) => `d${at}.example`);
    for (const domain of domains) {
      const hosts = some(10, (at) => `m${at}.${domain}`);
      record(domain, 'TXT', [`v=spf1 ${hosts.map((host) => `mx:${host}`).join(' ')} -all`]);
      record(`_dmarc.${domain}`, 'TXT', ['v=DMARC1; p=reject']);
      for (const host of hosts) {
        const exchanges = some(10, (at) => `x${at}.${host}`);
        record(
          host,
          'MX',
          exchanges.map((exchange) => `10 ${exchange}`),
        );
        for (const exchange of exchanges) record(exchange, 'A', ['192.0.2.1']);
      }
    }
    const right = await reviewed(
      domains,
      some(3, (at) => `mx${at}`),
    );
    expect(questions()).toHaveLength(mostQuestions);
    const { addressReview } = await world.verb(FindExemption).run(by(customer), right.exemptionId);
    const { addressFindings } = await world.verb(ReviewExemption).run(by(reviewer), right.exemptionId);
    expect(addressReview).toMatchObject({ more: 0, notes: [], addresses: [{}, {}, {}] });
    const found = addressFindings.map(({ check, outcome }) => `${check} ${outcome}`);
    expect(found).toEqual([
      ...some(3, () => [
        'missing-reverse-dns warn',
        'ip-on-blocklist pass',
        'address-not-in-spf error',
      ]).flat(),
      'sender-domain-unready pass',
    ]);
    expect(JSON.stringify(addressFindings)).toContain('not read: not-looked-at');
    for (const { ready, notes } of addressReview?.addresses ?? []) {
      expect(ready).toBe(false); // its reverse name is missing
      expect(notes.map(({ code }) => code)).toEqual(['reverse-dns-missing', 'could-not-be-told']);
    }
  });
});
