import { addMilliseconds } from '../instants.js';
import { aMachine, anOperation, started } from './enforcement.examples.js';
import { afterLook } from './next-step.js';

const at = (seconds: number) => ({ now: addMilliseconds(started, seconds * 1_000), orderSeenMs: 60_000 });
const look = (powerState: 'running' | 'stopped' | 'deallocated') =>
  ({ kind: 'found', machine: aMachine(), powerState }) as const;

describe('an order whose answer was lost', () => {
  it('is not given again while it may not show yet: a second one would be one beside the first (I8, F2)', () => {
    const stop = anOperation({ operationUrl: null });
    const seen = afterLook(stop, look('running'), at(10));
    expect(seen).toMatchObject({ operation: stop, event: null, againInMs: 15_000 });
    expect(seen.resend).toBeUndefined();
    expect(afterLook(stop, look('running'), at(55)).againInMs).toBe(5_000);
    expect(afterLook(stop, look('running'), at(60)).resend).toBe(true);
  });

  it('is one to start, too: stopped, or off still, it may be on its way up', () => {
    const start = anOperation({ kind: 'start', operationUrl: null });
    for (const state of ['deallocated', 'stopped'] as const) {
      expect(afterLook(start, look(state), at(10)).resend).toBeUndefined();
      expect(afterLook(start, look(state), at(60)).resend).toBe(true);
    }
    expect(afterLook(start, look('running'), at(10)).event).toMatchObject({ type: 'running' });
  });

  it('is not told by another machine under the same name: nothing is given to that one (F11, I18)', () => {
    const answer = { ...look('running'), machine: aMachine({ vmId: 'another' }) };
    for (const kind of ['deallocate', 'start'] as const) {
      const order = anOperation({ kind, operationUrl: null });
      expect(afterLook(order, answer, at(60))).toMatchObject({ operation: order, event: null, seen: null });
      expect(afterLook(order, answer, at(60)).resend).toBeUndefined();
    }
  });
});
