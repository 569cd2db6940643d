import { addMilliseconds } from '../instants.js';
import { aGate, anExemption, aRestart, started } from './enforcement.examples.js';
import { humanNeed } from './human-need.js';
import { troublesOf } from './troubles.js';

const minutes = (count: number) => ({ now: addMilliseconds(started, count * 60_000), deadlineMs: 1_200_000 });
const closed = aGate({ state: 'closed', fence: 2, orderedAt: started });
const suspension = { closeRunning: true, at: started, byViolation: null } as never;
const blocked = troublesOf(
  [
    aRestart({
      direction: 'revoke',
      fence: 2,
      state: 'blocked',
      blocker: { code: 'resource-locked', message: 'a lock', since: started },
    }),
  ],
  new Map(),
);
const codeOf = (...asked: Parameters<typeof humanNeed>) => humanNeed(...asked)?.code ?? null;

describe('a support engineer', () => {
  it.each(['revoking', 'expiring'] as const)(
    'is called where a right is %s for longer than 20 minutes',
    (state) => {
      const exemption = anExemption({ state, fence: 2 });
      expect(codeOf(exemption, closed, [], minutes(20))).toBeNull();
      expect(codeOf(exemption, closed, [], minutes(21))).toBe('ending-takes-long');
    },
  );

  it.each([
    ['revoking', null],
    ['expiring', null],
    ['suspended', suspension],
  ] as const)('is called at once where a machine cannot be closed: %s', (state, how) => {
    const exemption = anExemption({ state, fence: 2, suspension: how });
    expect(codeOf(exemption, closed, blocked, minutes(1))).toBe('ending-blocked');
  });

  it('is not called for a suspension whose machines are closed, however long it stands', () => {
    const exemption = anExemption({ state: 'suspended', fence: 2, suspension });
    expect(codeOf(exemption, closed, [], minutes(9_000))).toBeNull();
  });

  it.each(['suspended', 'revoking', 'expiring'] as const)(
    'is called where the gate does not close: %s',
    (state) => {
      const exemption = anExemption({ state, fence: 2 });
      const closing = aGate({ state: 'closing', fence: 2, orderedAt: started });
      expect(codeOf(exemption, closing, [], minutes(20))).toBeNull();
      expect(codeOf(exemption, closing, [], minutes(21))).toBe('gate-does-not-close');
    },
  );
});
