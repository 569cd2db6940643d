import { aGate, aMachine, started } from './enforcement.examples.js';
import type { Evidence } from './machine.js';
import { rankedEvidence, whyExempt } from './why-exempt.js';

const gate = aGate({ state: 'open', fence: 3 });
const piece = (differs: Partial<Evidence>): Evidence => {
  const { subscriptionId, tenantId, vmId } = aMachine();
  const fact = { kind: 'sampled', fact: 'host-taken', at: started, source: 'E4: example' } as const;
  return { subscriptionId, tenantId, vmId, operation: null, fence: 3, ...fact, ...differs };
};
const open = aMachine({ carries: 'open', carriesFence: 3 });

describe('why a machine is said to be exempt (I6)', () => {
  it('names the strongest evidence of the host that it took', () => {
    const evidence = [piece({}), piece({ kind: 'own-operation', source: 'E1: own start' })];
    expect(whyExempt(open, gate, evidence)).toBe(
      `It lost its host and took one again while the gate stood open (fence 3); the strongest evidence is of ${started}, E1: own start.`,
    );
  });

  it('names no evidence of another fence, no hint, and not the owner’s word', () => {
    const evidence = [
      piece({ kind: 'own-operation', fence: 1 }),
      piece({ kind: 'event-grid' }),
      piece({ kind: 'owner-said' }),
    ];
    expect(whyExempt(open, gate, evidence)).toBe('It took its host while the gate stood open (fence 3).');
  });

  it('says that it was created under the open gate', () => {
    expect(whyExempt(open, gate, [piece({ fact: 'created-after' })])).toContain('It was created after');
  });

  it('says that the gate applies to running machines', () => {
    const running = aGate({ state: 'open', fence: 3, appliesTo: 'running' });
    expect(whyExempt(aMachine(), running, [])).toContain('applies to running machines');
  });

  it('says nothing of one that is not exempt', () => {
    expect(whyExempt(aMachine(), gate, [piece({})])).toBeNull();
    expect(whyExempt(aMachine({ carries: 'open', host: 'none' }), gate, [])).toBeNull();
  });

  it('puts the strongest kinds first', () => {
    const kinds = (['owner-said', 'sampled', 'activity-log', 'own-operation', 'event-grid'] as const).map(
      (kind) => piece({ kind }),
    );
    expect(rankedEvidence(kinds).map(({ kind }) => kind)).toEqual([
      'own-operation',
      'activity-log',
      'event-grid',
      'sampled',
      'owner-said',
    ]);
  });
});
