import { isOfMailAddress, isSendingDomain, isVaried, sameLanguage } from './said-values.js';

const mail = (address: string): boolean => {
  const at = address.lastIndexOf('@');
  return isOfMailAddress(address.slice(0, at), address.slice(at + 1));
};

// RFC 5321 section 4.1.2: a dot-string is atoms with single dots between them, and an atom is any atext of RFC 5322.
test.each([
  'ops@example.com',
  'r&d@example.com',
  "ops'@example.com",
  'a#b@example.com',
  'first.last+tag@mail.example.co.uk',
  '!$%*/=?^_`{|}~-@example.com',
  `${'a'.repeat(64)}@example.com`,
  'ops@xn--mnchen-3ya.de',
  'ops@example.xn--p1ai',
  'OPS@EXAMPLE.COM',
])('%s is a mail address', (address) => {
  expect(mail(address)).toBe(true);
});

test.each([
  `${'a'.repeat(65)}@example.com`,
  '.ops@example.com',
  'ops.@example.com',
  'o..ps@example.com',
  'a b@example.com',
  'a@b@example.com',
  '"quoted"@example.com',
  'ops@example',
  'ops@192.0.2.1',
  'ops@[192.0.2.1]',
  'ops@exam_ple.com',
  '@example.com',
  'ops@-example.com',
  'ops@example.com.',
])('%s is none that is taken', (address) => {
  expect(mail(address)).toBe(false);
});

test.each([
  'mail.example.com',
  'example.co.uk',
  '_dmarc.example.com',
  'xn--mnchen-3ya.de',
  'a.xn--p1ai',
  '1.example.com',
])('%s can be a sending domain', (name) => {
  expect(isSendingDomain(name)).toBe(true);
});

test.each([
  'a.--',
  'example.co-',
  'example.-co',
  '-a.example.com',
  'a-.example.com',
  'example',
  'a..com',
  '192.0.2.1',
  'a.1',
  'a b.com',
  '',
])('"%s" cannot', (name) => {
  expect(isSendingDomain(name)).toBe(false);
});

test('a name is read in linear time: twice the length is about twice the work, and beyond 253 characters none', () => {
  expect(isSendingDomain(`${'a-'.repeat(200_000)}.com`)).toBe(false);
  expect(isSendingDomain(`${'a.'.repeat(125)}com`)).toBe(true);
  expect(isSendingDomain(`${'a.'.repeat(126)}com`)).toBe(false);
});

test('a justification of a few characters again and again says nothing', () => {
  expect(isVaried('x'.repeat(4_000))).toBe(false);
  expect(isVaried('ab cd '.repeat(20))).toBe(false);
  expect(isVaried('Our receivers know us by our own addresses.')).toBe(true);
  expect(isVaried('自社のメールサーバーから直接配信する必要があります。')).toBe(true);
});

test.each([
  ['en', 'en'],
  ['EN-us', 'en-US'],
  ['tr-TR', 'tr-TR'],
  ['zh-hant-tw', 'zh-Hant-TW'],
  ['de-DE-u-co-phonebk', 'de-DE-u-co-phonebk'],
])('the language %s is %s', (tag, known) => {
  expect(sameLanguage(tag)).toBe(known);
});

test.each(['english please', 'e', 'en_US', '', 'a-b-c', '12'])('"%s" is no language tag', (tag) => {
  expect(sameLanguage(tag)).toBeNull();
});
