import { EndOverdue } from '../../../src/application/end-overdue.js';
import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';
import { by, customer } from './people.js';

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

const page = ({ exemptionId }: Granted) => world.verb(FindExemption).run(by(customer), exemptionId);
const wordsOf = async (right: Granted) => (await page(right)).suspension?.message;

/** Granted, and suspended before its machines were made to feel it: one runs, one holds no host. */
async function suspended(lastsMs: number | null = null): Promise<Granted> {
  const right = await granted(world, 0, ['mx1', 'mx2'], { lastsMs });
  await right.client.power('mx2', 'deallocate');
  await world.work();
  await world.live(2);
  await right.client.power('mx1', 'deallocate');
  await world.live(2);
  await right.client.power('mx1', 'start');
  await world.live(2);
  await right.suspend();
  return right;
}

describe('what a suspension is said to mean for the machines', () => {
  it('is said as long as it lasts, and of nothing that ended after it by a revocation', async () => {
    const right = await suspended();
    expect(await wordsOf(right)).toContain('has not confirmed it');
    await world.live(2);
    expect(await wordsOf(right)).toContain('One machine may use port 25 still');
    await right.revoke();
    expect(await page(right)).toMatchObject({ state: 'revoking', suspension: { message: null } });
    await world.live(20);
    expect(await page(right)).toMatchObject({ state: 'revoked', suspension: { message: null } });
  });

  it('is not said of one that came to its date', async () => {
    const right = await suspended(3_600_000);
    await world.live(61);
    await world.verb(EndOverdue).run();
    expect(await page(right)).toMatchObject({ state: 'expiring', suspension: { message: null } });
    await world.live(20);
    expect(await page(right)).toMatchObject({ state: 'expired', suspension: { message: null } });
  });

  it('carries the instant of the last look that saw the machines: one that failed saw nothing (F24, I17)', async () => {
    const right = await suspended();
    await world.live(2);
    const seen = await wordsOf(right);
    const at = /seen at ([^)]+)\)/.exec(seen ?? '')?.[1] ?? '';
    expect(Date.parse(at)).not.toBeNaN();
    await right.client.fault({ kind: 'error', status: 503, match: { path: right.client.path } });
    await world.live(30);
    expect(await page(right)).toMatchObject({ problem: { code: 'listing-failed' }, stillOpen: 1 });
    expect(await wordsOf(right)).toBe(seen);
    await right.client.control('DELETE', '/faults');
    await world.live(30);
    expect(await wordsOf(right)).toMatch(/One machine may use port 25 still \(seen at /);
    expect(await wordsOf(right)).not.toBe(seen);
  });
});
