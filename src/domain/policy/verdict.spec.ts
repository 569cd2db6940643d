import fc from 'fast-check';
import { fraudChecks } from '../fraud/checks/index.js';
import type { FindingOutcome } from '../fraud/fraud-check.js';
import { reasonCodes, reasonText } from '../reason-codes.js';
import type { ReasonCode } from '../reason-codes.js';
import { blindChecksBehind, checksThatCouldNotLook, verdictOf } from './verdict.js';

const outcomes: readonly FindingOutcome[] = ['pass', 'warn', 'fail', 'unknown', 'error'];
const round = (...list: readonly FindingOutcome[]) => list.map((outcome) => ({ outcome }));
const finding = (check: string, outcome: FindingOutcome, reasonCode: ReasonCode | null = null) => ({
  check,
  outcome,
  reasonCode,
});

test.each([
  ['clear', round('pass', 'pass')],
  ['doubtful', round('pass', 'warn')],
  ['doubtful', round('pass', 'unknown')],
  ['doubtful', round('pass', 'error')],
  ['doubtful', round()],
  ['hostile', round('fail', 'error', 'pass')],
] as const)('%s: %j', (verdict, findings) => {
  expect(verdictOf(findings)).toBe(verdict);
});

test('the verdict does not depend on the order, and only a round of passes is clear (I17)', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...outcomes), { minLength: 1 }), fc.nat(), (list, seed) => {
      const turned = [...list.slice(seed % list.length), ...list.slice(0, seed % list.length)].reverse();
      expect(verdictOf(round(...turned))).toBe(verdictOf(round(...list)));
      expect(verdictOf(round(...list)) === 'clear').toBe(list.every((outcome) => outcome === 'pass'));
    }),
  );
});

test('nobody denies with the code of a check that could not look (I17)', () => {
  const findings = [
    finding('ip-on-blocklist', 'error', 'address-reputation'),
    finding('young-subscription', 'warn'),
  ];
  expect(checksThatCouldNotLook(findings)).toEqual(['ip-on-blocklist']);
  expect(blindChecksBehind('address-reputation', findings)).toEqual(['ip-on-blocklist']);
  expect(blindChecksBehind('account-too-new', findings)).toEqual([]);
});

test('one of two checks behind a code being blind is enough (I17)', () => {
  const findings = [finding('sender-domain-unready', 'warn'), finding('missing-reverse-dns', 'error')];
  expect(blindChecksBehind('mail-authentication-incomplete', findings)).toEqual(['missing-reverse-dns']);
});

test('a finding that could not look forbids the code it carries, whatever the catalogue says (I17)', () => {
  const findings = [finding('a-new-check', 'error', 'volume-implausible')];
  expect(blindChecksBehind('volume-implausible', findings)).toEqual(['a-new-check']);
});

test('every check that a code rests on exists, and every check has its code rest on it', () => {
  const names = fraudChecks.map(({ name }) => name);
  for (const code of reasonCodes) expect(names).toEqual(expect.arrayContaining([...reasonText(code).checks]));
  for (const check of fraudChecks) expect(reasonText(check.reasonCode).checks).toContain(check.name);
});
