import type { Finding, FindingOutcome } from '../fraud/fraud-check.js';
import { notesOn } from './address-words.js';

const finding = (check: string, outcome: FindingOutcome): Finding => ({
  check,
  outcome,
  value: null,
  evidence: [],
  source: 'DNS',
  at: '2026-03-01T12:00:00.000Z',
  reasonCode: null,
});
const said = (check: string, outcome: FindingOutcome) =>
  notesOn('203.0.113.9', [finding(check, outcome)]).map(({ message }) => message);

describe('what an owner reads of an address that a machine came back with', () => {
  it('is what to do if it sends mail: not every machine does', () => {
    expect(said('address-not-in-spf', 'warn')).toEqual([
      'The SPF record of a sending domain does not let 203.0.113.9 send. Add it if it sends mail; take out the address of before, which may be somebody else’s by now.',
    ]);
    expect(said('missing-reverse-dns', 'warn').join()).toContain('If it sends mail, set its reverse DNS');
    expect(said('ip-on-blocklist', 'warn').join()).toContain('If it sends mail, ask the list');
  });

  it('is nothing where all is well, and no advice to change a record where nothing could be told (I17)', () => {
    expect(said('address-not-in-spf', 'pass')).toEqual([]);
    for (const outcome of ['unknown', 'error'] as const)
      expect(said('address-not-in-spf', outcome)).toEqual([
        'Could not be told of 203.0.113.9: SPF. Nothing follows from it; look yourself where mail is refused.',
      ]);
  });
});
