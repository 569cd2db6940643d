import fc from 'fast-check';
import { isSameAddress, parseIpAddress, reversedLabels, spelledOnce } from './ip-addresses.js';

test.each([
  ['192.0.2.1', '1.2.0.192'],
  ['::ffff:192.0.2.1', '1.2.0.192'],
  ['2001:db8::567:89ab', 'b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2'],
  ['::', Array.from({ length: 32 }, () => '0').join('.')],
])('%s reversed', (text, labels) => {
  const address = parseIpAddress(text);
  expect(address === null ? null : reversedLabels(address)).toBe(labels);
});

test.each([
  '',
  '192.0.2',
  '192.0.2.256',
  '192.0.2.01',
  '1.2.3.4.5',
  '1.2.3.4/24',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4::5:6:7:8',
  'fe80::1%eth0',
  '12345::',
  'g::',
  'localhost',
  '::1.2.3',
])('%j is no address', (text) => {
  expect(parseIpAddress(text)).toBeNull();
});

test('reading is total, and an address is the same as itself in capitals', () => {
  fc.assert(fc.property(fc.oneof(fc.ipV6(), fc.ipV4()), (text) => isSameAddress(text, text.toUpperCase())));
  fc.assert(
    fc.property(fc.string(), (text) => {
      const bytes = parseIpAddress(text)?.bytes ?? [];
      expect(bytes.every((byte) => byte >= 0 && byte < 256)).toBe(true);
    }),
  );
});

// RFC 5952 section 4, its own examples among them.
test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:0DB8:0000:0000:0000:0000:0000:0007', '2001:db8::7'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['fe80:0:0:0:0:0:0:0', 'fe80::'],
])('%s is spelled %s', (given, once) => {
  const address = parseIpAddress(given);
  expect(address === null ? null : spelledOnce(address)).toBe(once);
});
