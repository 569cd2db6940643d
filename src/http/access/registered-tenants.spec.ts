import type { Tenant } from '../../domain/ports/registry-stores.js';
import { StoreUnavailable } from '../../domain/ports/unit-of-work.js';
import { RegisteredTenants } from './registered-tenants.js';
import { findTenant, partnerTenant, platform, stranger, tenant } from './verifier.examples.js';

/** A look-up that counts, and that answers when the test says so. */
class HeldLookUp {
  readonly asked: string[] = [];
  private readonly held: (() => void)[] = [];
  isHeld = false;

  readonly run = async (tenantId: string): Promise<Tenant | null> => {
    this.asked.push(tenantId);
    if (this.isHeld) await new Promise<void>((resolve) => this.held.push(resolve));
    return findTenant.run(tenantId);
  };

  /** Answers whatever is asked, and whatever that lets through. */
  async release(): Promise<void> {
    this.isHeld = false;
    while (this.held.length > 0) {
      this.held.shift()?.();
      await Promise.resolve();
    }
  }
}

const nobody = (index: number) => `ffffffff-0000-4000-8000-${String(index).padStart(12, '0')}`;
let lookUp: HeldLookUp;
let clockMs: number;
let tenants: RegisteredTenants;
beforeEach(() => {
  clockMs = 0;
  lookUp = new HeldLookUp();
  tenants = new RegisteredTenants(lookUp, platform, () => clockMs);
});

describe('which tenants are registered', () => {
  it('is looked up once in ten seconds, and never for the platform’s own', async () => {
    expect(await tenants.kindOf(platform)).toBe('platform');
    for (let again = 0; again < 3; again += 1) expect(await tenants.kindOf(tenant)).toBe('customer');
    expect(lookUp.asked).toEqual([tenant]);
    clockMs += 10_000;
    expect(await tenants.kindOf(tenant)).toBe('customer');
    expect(await tenants.kindOf(partnerTenant)).toBe('partner');
    expect(lookUp.asked).toEqual([tenant, tenant, partnerTenant]);
  });

  it('ends within ten seconds of the registration’s end', async () => {
    const registered = new Set([tenant]);
    const run = async (tenantId: string) => (registered.has(tenantId) ? findTenant.run(tenantId) : null);
    const all = new RegisteredTenants({ run }, platform, () => clockMs);
    expect(await all.kindOf(tenant)).toBe('customer');
    registered.clear();
    expect(await all.kindOf(tenant)).toBe('customer');
    clockMs += 10_000;
    expect(await all.kindOf(tenant)).toBeNull();
    registered.add(tenant);
    expect(await all.kindOf(tenant)).toBe('customer');
  });

  it('is asked once by all who ask at once', async () => {
    lookUp.isHeld = true;
    const all = Promise.all(Array.from({ length: 1_000 }, () => tenants.kindOf(tenant)));
    await lookUp.release();
    expect(new Set(await all)).toEqual(new Set(['customer']));
    expect(lookUp.asked).toEqual([tenant]);
  });
});

describe('a flood of tokens of tenants that nobody knows', () => {
  it('asks the store for two at once, lets 200 wait, and turns the rest away', async () => {
    lookUp.isHeld = true;
    const all = Array.from({ length: 1_000 }, (_, index) => tenants.kindOf(nobody(index)));
    const outcomes = Promise.allSettled(all);
    await Promise.resolve();
    expect(lookUp.asked).toHaveLength(2);
    await lookUp.release();
    const refused = (await outcomes).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(798);
    for (const outcome of refused) expect(outcome).toMatchObject({ reason: expect.any(StoreUnavailable) });
    expect(lookUp.asked).toHaveLength(202);
    expect(await tenants.kindOf(stranger)).toBeNull();
  });

  it('never stands in the way of a tenant that is known, not even to look again', async () => {
    await tenants.kindOf(tenant);
    clockMs += 10_000;
    lookUp.isHeld = true;
    const flood = Promise.allSettled(
      Array.from({ length: 500 }, (_, index) => tenants.kindOf(nobody(index))),
    );
    lookUp.isHeld = false;
    expect(await tenants.kindOf(tenant)).toBe('customer');
    await lookUp.release();
    await flood;
  });

  it('with one tenant’s tokens again and again is answered from memory while others wait', async () => {
    expect(await tenants.kindOf(nobody(0))).toBeNull();
    lookUp.isHeld = true;
    const flood = Promise.allSettled([1, 2, 3].map((index) => tenants.kindOf(nobody(index))));
    await Promise.resolve();
    expect(await tenants.kindOf(nobody(0))).toBeNull();
    expect(lookUp.asked).toEqual([0, 1, 2].map(nobody));
    await lookUp.release();
    await flood;
  });

  it('leaves the turn to the next where the store fails', async () => {
    const failing = new RegisteredTenants(
      { run: () => Promise.reject(new StoreUnavailable('57P01')) },
      platform,
      () => clockMs,
    );
    const all = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => failing.kindOf(nobody(index))),
    );
    expect(all.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(failing.kindOf(tenant)).rejects.toThrow('57P01');
  });
});
