import { RefusedSignIns } from './refused-sign-ins.js';

const held = `Bearer ${'h'.repeat(60)}`;
const forged = `Bearer ${'f'.repeat(60)}`;

function spent(): { readonly signIns: RefusedSignIns; readonly clock: { now: number } } {
  const clock = { now: 60_000 };
  const signIns = new RefusedSignIns(3, () => clock.now);
  signIns.wasAccepted(held);
  for (let count = 0; count < 3; count += 1) signIns.wasRefused('192.0.2.1', forged);
  return { signIns, clock };
}

describe('an address with too many refused sign-ins', () => {
  it('is not heard until the minute is over', () => {
    const { signIns, clock } = spent();
    for (const authorization of [undefined, forged, 'Bearer new'])
      expect(() => signIns.mustBeHeard('192.0.2.1', authorization)).toThrow('Too many calls');
    clock.now += 60_000;
    expect(() => signIns.mustBeHeard('192.0.2.1', forged)).not.toThrow();
  });

  it('is heard with a token that held before: behind a proxy a stranger locks nobody out', () => {
    const { signIns } = spent();
    expect(() => signIns.mustBeHeard('192.0.2.1', held)).not.toThrow();
    // Until it is refused itself, because it has expired.
    signIns.wasRefused('192.0.2.1', held);
    expect(() => signIns.mustBeHeard('192.0.2.1', held)).toThrow();
  });

  it('is heard with a fresh token that claims the platform’s tenant, some fifty times a second and no more', () => {
    const { signIns, clock } = spent();
    const heard = () => {
      try {
        signIns.mustBeHeard('192.0.2.1', forged, () => true);
        return true;
      } catch {
        return false;
      }
    };
    expect(Array.from({ length: 200 }, heard).filter(Boolean)).toHaveLength(50);
    expect(() => signIns.mustBeHeard('192.0.2.1', forged, () => false)).toThrow('Too many calls');
    clock.now += 1_000;
    expect(heard()).toBe(true);
  });

  it('is one address, or one network of IPv6', () => {
    const { signIns } = spent();
    expect(() => signIns.mustBeHeard('192.0.2.2', forged)).not.toThrow();
    for (let count = 0; count < 3; count += 1)
      signIns.wasRefused(`2001:db8:1:2:${String(count)}::1`, undefined);
    expect(() => signIns.mustBeHeard('2001:db8:1:2:ffff::9', undefined)).toThrow();
    expect(() => signIns.mustBeHeard('2001:db8:1:3::1', undefined)).not.toThrow();
  });

  it('is no matter where the limit is off', () => {
    const signIns = new RefusedSignIns(0);
    for (let count = 0; count < 100; count += 1) signIns.wasRefused('192.0.2.1', forged);
    expect(() => signIns.mustBeHeard('192.0.2.1', forged)).not.toThrow();
  });
});
