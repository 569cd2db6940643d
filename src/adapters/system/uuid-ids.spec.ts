import { UuidIds } from './uuid-ids.js';

describe('ids', () => {
  const ids = new UuidIds();

  it('are UUIDs of version 7 in lower case (RFC 9562)', () => {
    expect(ids.next()).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it('begin with the time, so that indexes stay compact', () => {
    const before = Date.now();
    const at = parseInt(ids.next().replaceAll('-', '').slice(0, 12), 16);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  });

  it('are all different', () => {
    expect(new Set(Array.from({ length: 10_000 }, () => ids.next())).size).toBe(10_000);
  });
});
