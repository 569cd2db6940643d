import { randomUUID } from 'node:crypto';
import type { Keyset } from '../../../src/domain/ports/aggregate-stores.js';
import { addMilliseconds } from '../../../src/domain/instants.js';
import { actorRef } from '../../../src/domain/access/actor.js';
import { customerTenant, reviewer } from '../verbs/people.js';
import { findingOf, livesIn } from './lives.js';
import { createStoreWorld, type StoreWorld } from './store-world.js';

let world: StoreWorld;
let lives: ReturnType<typeof livesIn>;
beforeAll(async () => {
  world = await createStoreWorld();
  lives = livesIn(world);
});
afterAll(() => world.close());

const everything = { kind: 'platform' } as const;
const now = () => world.clock.now();

describe('every aggregate', () => {
  it('comes back as it was decided, instants and nested values alike (I3)', async () => {
    const life = await lives.revoked();
    const restart = await lives.planned(life);
    const violation = await lives.alleged(life);
    const read = await world.inTransaction(async (tx) => ({
      request: await tx.requests.find(everything, life.request.id, now()),
      exemption: await tx.exemptions.find(everything, life.exemption.id, now()),
      gate: await tx.gates.find(life.gate.id),
      restart: await tx.restarts.find(restart.id),
      violation: await tx.violations.find(violation.id),
    }));
    expect(read).toEqual({ ...life, restart, violation });
  });

  it('takes fences as large as the platform’s own (F21)', async () => {
    const fence = 1_772_366_400_000;
    const life = await lives.granted(undefined, undefined, fence);
    const restart = await lives.planned(life);
    const found = await world.inTransaction((tx) => tx.restarts.find(restart.id));
    const gate = await world.inTransaction((tx) => tx.gates.find(life.gate.id));
    expect([found?.fence, gate?.fence, gate?.firstOpenedFence]).toEqual([fence, fence, null]);
  });

  it('that needs an owner and has none is found (I13)', async () => {
    const life = await lives.granted();
    const restart = await lives.deallocating(await lives.planned(life));
    const found = () =>
      world.inTransaction(async (tx) => [
        (await tx.exemptions.unattended(500)).includes(life.exemption.id),
        (await tx.gates.unattended(500)).some(({ id }) => id === life.gate.id),
        (await tx.restarts.unattended(500)).includes(restart.id),
      ]);
    expect(await found()).toEqual([false, false, false]);
    await world.asOwner('DELETE FROM effects');
    expect(await found()).toEqual([true, true, true]);
  });

  it('is counted by state without what a later plan superseded', async () => {
    const life = await lives.granted();
    await lives.planned(life, 'vm-1');
    await lives.deallocating(await lives.planned(life, 'vm-2'));
    const counted = await world.inTransaction((tx) => tx.restarts.countByState(life.exemption.id, 1));
    expect(counted).toEqual({ waiting: 1, deallocating: 1 });
  });
});

describe('what is kept beside a request', () => {
  const particulars = {
    tenantId: customerTenant,
    justification: 'we must',
    sending: {
      kinds: ['transactional' as const],
      domains: ['mail.example.com'],
      dailyVolume: 4_000,
      heloName: null,
      publicAddresses: [],
      dkimSelectors: [],
      abuseContact: null,
      optIn: null,
      bounceHandling: null,
    },
    contact: { name: 'Ada', email: 'ops@example.com', language: 'en' },
    consent: null,
  };

  it('particulars: saved, read alike, replaced; the contact’s hash goes with the contact (I15)', async () => {
    const { id: requestId } = await world.submitted();
    const hash = async () =>
      (
        await world.asOwner<{ h: string | null }>(
          'SELECT contact_hash AS h FROM request_particulars WHERE request_id = $1',
          [requestId],
        )
      )[0]?.h;
    await world.inTransaction((tx) => tx.particulars.save({ ...particulars, requestId }));
    const read = await world.inTransaction((tx) => tx.particulars.find(requestId));
    expect(read).toMatchObject({ ...particulars, requestId });
    expect(await hash()).toBe('hash of ops@example.com');
    await world.inTransaction((tx) => tx.particulars.save({ ...particulars, requestId, contact: null }));
    expect(await hash()).toBeNull();
  });

  it('texts: by id, and an erased one is absent', async () => {
    const [kept, erased] = [randomUUID(), randomUUID()];
    const texts = [kept, erased].map((id) => ({
      id,
      tenantId: customerTenant,
      about: 'request' as const,
      aboutId: randomUUID(),
      text: `text of ${id}`,
    }));
    await world.inTransaction((tx) => tx.texts.save(texts));
    await world.asOwner('DELETE FROM erasable_texts WHERE id = $1', [erased]);
    const found = await world.inTransaction((tx) => tx.texts.find([kept, erased]));
    expect([...found]).toEqual([[kept, `text of ${kept}`]]);
  });

  it('findings: one a check and round, however often it is found (I10)', async () => {
    const { id } = await world.submitted();
    const add = (round: number) =>
      world.inTransaction((tx) => tx.findings.add(id, round, findingOf('request-burst', world)));
    const all = await Promise.all(Array.from({ length: 8 }, () => add(1)));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await add(2)).toBe(true);
    const [count, found] = await world.inTransaction(async (tx) => [
      await tx.findings.countOfRound(id, 1),
      await tx.findings.ofRound(id, 1),
    ]);
    expect(count).toBe(1);
    expect(found).toMatchObject([findingOf('request-burst', world)]);
  });

  it('a claim: stands until it lapses or is released', async () => {
    const { id: requestId } = await world.submitted();
    const until = addMilliseconds(now(), 1_000);
    const claim = { requestId, by: actorRef(reviewer), claimedAt: now(), until };
    await world.inTransaction((tx) => tx.claims.save(claim));
    const found = (at: string) => world.inTransaction((tx) => tx.claims.find(requestId, at));
    expect(await found(now())).toEqual(claim);
    expect(await found(until)).toBeNull();
    await world.inTransaction((tx) => tx.claims.release(requestId));
    expect(await found(now())).toBeNull();
  });
});

describe('the timeline of a request', () => {
  it('is numbered from 1 without gaps, whoever tells at once and whoever is rolled back', async () => {
    const { id: requestId } = await world.submitted();
    const told = {
      requestId,
      tenantId: customerTenant,
      event: 'told',
      by: 'platform',
      actorTenantId: null,
      code: null,
      facts: { machines: 2, name: null },
      mailed: false,
    } as const;
    const tell = (fails: boolean) =>
      world.inTransaction(async (tx) => {
        await tx.timeline.tell(told);
        await tx.timeline.tell(told);
        if (fails) throw new Error('rolled back');
      });
    await Promise.allSettled(Array.from({ length: 30 }, (_, index) => tell(index % 3 === 0)));
    const entries = await world.inTransaction((tx) => tx.timeline.of(requestId, 0, 100));
    expect(entries.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 41 }, (_, index) => index + 1),
    );
    expect(entries[1]).toEqual({ ...told, sequence: 2, at: now() });
    const rest = await world.inTransaction((tx) => tx.timeline.of(requestId, 39, 100));
    expect(rest.map(({ sequence }) => sequence)).toEqual([40, 41]);
  });
});

describe('lists', () => {
  it('go on after the last row seen, also among rows of the same instant', async () => {
    const submittedAt: string[] = [];
    for (let index = 0; index < 5; index += 1) submittedAt.push((await world.submitted()).submittedAt);
    const filter = {
      states: null,
      exemptionStates: null,
      subscriptionId: null,
      customerTenantId: customerTenant,
      createdAfter: null,
    };
    const pageAfter = (after: Keyset | null) =>
      world.inTransaction((tx) => tx.requests.list(everything, filter, { after, limit: 2 }, now()));
    const seen: string[] = [];
    for (let after: Keyset | null = null; ;) {
      const rows = await pageAfter(after);
      seen.push(...rows.map(({ id }) => id));
      const last = rows.at(-1);
      if (last === undefined) break;
      after = { sort: last.submittedAt, id: last.id };
    }
    const [row] = await world.asOwner<{ count: number }>(
      'SELECT count(*)::integer AS count FROM exemption_requests WHERE tenant_id = $1',
      [customerTenant],
    );
    expect([seen.length, new Set(seen).size]).toEqual([row?.count, row?.count]);
    expect(new Set(submittedAt).size).toBe(1);
  });
});
