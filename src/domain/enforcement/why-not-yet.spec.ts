import { aGate, aMachine, anExemption, aRestart } from './enforcement.examples.js';
import { whyNotYet } from './why-not-yet.js';

describe('why a machine that was restarted is not exempt', () => {
  const restart = aRestart({ state: 'restarted' });
  const { restartPlan } = anExemption();
  const why = (carries: 'closed' | 'unknown', position: 'open' | 'closed') =>
    whyNotYet(restart, aMachine({ carries }), aGate({ state: position, position, fence: 1 }), restartPlan)
      ?.message;

  it('says how to change that while the gate is open', () => {
    expect(why('closed', 'open')).toContain('To change that, use Stop in the portal');
    expect(why('unknown', 'open')).toContain('To change that, use Stop in the portal');
  });

  it('asks nobody for a restart that would change nothing, while the gate is closed (F23)', () => {
    for (const carries of ['closed', 'unknown'] as const)
      expect(why(carries, 'closed')).toMatch(
        /^mx1 took another host while the gate was closed, or may have, and is not exempt\. .* changes nothing/,
      );
  });
});

describe('why a machine is not there yet, while the gate has not confirmed its move', () => {
  const { restartPlan } = anExemption();
  const moving = [
    ['opening', 'open'],
    ['closing', 'close'],
  ] as const;
  const rows = [
    aRestart({ state: 'restarted' }),
    aRestart({ state: 'created-after' }),
    aRestart({ state: 'waiting' }),
    aRestart({ state: 'waiting', direction: 'revoke' }),
  ];

  it.each(moving)('claims no position, and asks for no restart: %s (I17, F23)', (state, verb) => {
    for (const restart of rows)
      for (const carries of ['closed', 'unknown'] as const)
        for (const appliesTo of ['next-start', 'running'] as const) {
          const gate = aGate({ state, fence: 2, confirmedFence: 1, appliesTo });
          const why = whyNotYet(restart, aMachine({ carries }), gate, restartPlan);
          expect(why?.code).toBe('gate-moving');
          expect(why?.message).toMatch(
            new RegExp(`^The gate was ordered to ${verb} and has not confirmed it yet`),
          );
          expect(why?.message).not.toMatch(
            /gate is (open|closed)|use Stop in the portal|Postern deallocates/,
          );
        }
  });

  it('is silent of a machine that is proven exempt', () => {
    const gate = aGate({ state: 'closing', fence: 2, confirmedFence: 1 });
    for (const restart of rows.filter(({ direction }) => direction === 'enable'))
      expect(whyNotYet(restart, aMachine({ carries: 'open' }), gate, restartPlan)).toBeNull();
  });

  it('says of an order that the gate has overtaken what is so now, before the next look ends it', () => {
    const why = (direction: 'enable' | 'revoke', state: 'open' | 'closed') =>
      whyNotYet(
        aRestart({ state: 'waiting', direction }),
        aMachine(),
        aGate({ state, fence: 2 }),
        restartPlan,
      );
    expect(why('enable', 'closed')?.code).toBe('order-overtaken');
    expect(why('revoke', 'open')?.code).toBe('order-overtaken');
    expect(why('enable', 'closed')?.message).toContain('The gate is closed');
  });
});
