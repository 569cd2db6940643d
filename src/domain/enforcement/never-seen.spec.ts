import { addMilliseconds } from '../instants.js';
import type { Gate } from '../gate/gate.js';
import type { LoggedOperation } from '../ports/activity-log.js';
import { aGate, aMachine, started } from './enforcement.examples.js';
import { neverSeen } from './never-seen.js';

const place = aMachine().resourceId.toLowerCase();
const created = (differs: Partial<LoggedOperation> = {}): LoggedOperation => ({
  about: 'machine',
  what: 'created',
  resourceId: place,
  at: started,
  correlationId: 'c',
  callerId: null,
  vmId: 'vm-unknown',
  ...differs,
});
const rules = { subscriptionId: 's', tenantId: 't', now: started, nextId: () => 'next' };
const open = { ...rules, gate: aGate({ state: 'open', fence: 1 }), clockMarginMs: 300_000 };
const found = (operations: readonly LoggedOperation[], known = [aMachine()]) =>
  neverSeen(operations, known, open);

describe('a machine of whose creation the log tells, and that no look ever saw (F28, I19)', () => {
  it('is known from then on by its id, and nothing is known of what it carries', () => {
    expect(found([created(), created({ correlationId: 'd' })])).toMatchObject([
      { vmId: 'vm-unknown', name: 'mx1', carries: 'unknown', host: 'unknown', gone: false },
    ]);
  });

  it('has a name of ours where the log does not tell its id, and is kept once', () => {
    const [machine, ...others] = found([created({ vmId: null }), created({ vmId: null })]);
    expect([machine?.vmId, others]).toEqual(['unseen-next', []]);
    expect(found([created({ vmId: null })], machine === undefined ? [] : [machine])).toEqual([]);
  });

  it('is none where it was created while the gate was surely closed: no open host was to be had then', () => {
    const at = (minutes: number) => [created({ at: addMilliseconds(started, minutes * 60_000) })];
    const under = (minutes: number, gate: Gate) => neverSeen(at(minutes), [], { ...open, gate }).length;
    expect([under(-6, open.gate), under(-4, open.gate)]).toEqual([0, 1]);
    const closed = aGate({ state: 'closed', fence: 2 });
    expect([under(6, closed), under(4, closed), under(-60, closed)]).toEqual([0, 1, 1]);
    const again = aGate({ state: 'open', fence: 3, firstOpenedFence: 1 });
    expect(under(-60, again)).toBe(1);
  });

  it('is none where it is known, by its id, or by its place and time', () => {
    expect(found([created({ vmId: 'vm-mx1' })])).toEqual([]);
    const seen = aMachine({ timeCreated: addMilliseconds(started, 1_000) });
    expect(found([created({ vmId: null })], [seen])).toEqual([]);
    expect(found([created({ what: 'deleted' }), created({ about: 'scale-set' })])).toEqual([]);
  });
});
