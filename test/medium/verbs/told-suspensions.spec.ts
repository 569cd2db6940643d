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
});
