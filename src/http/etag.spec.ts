import { ifMatchOf } from './etag.js';
import { idempotencyKeyOf } from './idempotency.js';

const version = (ifMatch?: string) =>
  ifMatchOf({ headers: { ...(ifMatch !== undefined && { 'if-match': ifMatch }) } });
const key = (value?: string) =>
  idempotencyKeyOf({ headers: { ...(value !== undefined && { 'idempotency-key': value }) } });

describe('If-Match', () => {
  it('names a version, or nothing', () => {
    expect(version('"7"')).toBe(7);
    expect(version(' "7" ')).toBe(7);
    expect(version()).toBeNull();
    expect(version('')).toBeNull();
  });

  it.each(['W/"7"', '7', '*', '"7", "8"', '"07"', '"-1"', '""', '"12345678901"'])(
    '%s is the version that nothing has',
    (ifMatch) => {
      expect(version(ifMatch)).toBe(0);
    },
  );
});

describe('Idempotency-Key', () => {
  it('is 1 to 255 visible ASCII characters, or absent', () => {
    expect(key()).toBeNull();
    expect(key('a')).toBe('a');
    expect(key('~'.repeat(255))).toHaveLength(255);
    for (const bad of ['', ' ', 'a b', 'ä', 'x'.repeat(256), 'tab\t'])
      expect(() => key(bad)).toThrow('idempotency-key-invalid');
  });
});
