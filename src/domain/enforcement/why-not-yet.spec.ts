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
