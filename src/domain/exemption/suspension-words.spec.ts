import { suspensionWords } from './suspension-words.js';

const seenAt = '2026-03-01T12:00:00.000Z';
const seen = (stillOpen: number) => ({ stillOpen, seenAt });
const leaves = { closeRunning: false };
const closes = { closeRunning: true };

describe('what a suspension means for the machines', () => {
  it.each(['closing', 'disputed', null] as const)('says of a gate that is %s: not closed yet', (gate) => {
    expect(suspensionWords(leaves, gate, seen(3))).toMatch(
      /has not confirmed it: .* machines that start are open/,
    );
  });

  it('counts nobody before somebody looked', () => {
    expect(suspensionWords(closes, 'closed', null)).toMatch(/is being looked at\.$/);
  });

  it('says how many are open, since when that is known, and that nothing is restarted where they are left alone', () => {
    expect(suspensionWords(leaves, 'closed', seen(3))).toBe(
      `The gate is closed. 3 machines may use port 25 still (seen at ${seenAt}), until stopped (deallocated): running machines are left alone. Nothing is restarted, so progress counts none.`,
    );
    expect(suspensionWords(leaves, 'closed', seen(1))).toContain('One machine may use port 25 still');
  });

  it('says that they are being closed where they are', () => {
    expect(suspensionWords(closes, 'closed', seen(2))).toMatch(
      /2 machines may.*are being stopped.*to close them\.$/,
    );
  });

  it.each([leaves, closes])('says under %j once nobody is open any more', (suspension) => {
    expect(suspensionWords(suspension, 'closed', seen(0))).toContain('no machine may use port 25 any more');
  });
});
