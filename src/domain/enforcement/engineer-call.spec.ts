import { aRestart, started } from './enforcement.examples.js';
import { engineerCall, notUndoneCall } from './engineer-call.js';
import { takesEngineer } from './human-need.js';
import { troublesOf } from './troubles.js';

const noRoom = { code: 'allocation-failed', message: 'No room.', since: started };
const down = (index: number) =>
  aRestart({
    ...{ id: `r${String(index)}`, name: `mx${String(index)}`, vmId: `vm-${String(index)}` },
    ...{ state: 'starting', stoppedByUs: true, blocker: noRoom },
  });
const called = {
  type: 'call-engineer',
  exemptionId: 'e',
  trouble: 'down',
  code: 'allocation-failed',
  direction: 'enable',
  fence: aRestart({}).fence,
} as const;
const callOf = (count: number) => {
  const restarts = Array.from({ length: count }, (_, index) => down(index));
  return engineerCall(called, { subscriptionId: 's', troubles: troublesOf(restarts, new Map()) }, 'k');
};

describe('a call for a support engineer', () => {
  it('says what happened, to which machines, and where to read and do what', () => {
    const call = callOf(2);
    expect(call).toMatchObject({ cause: 'allocation-failed', count: 2, need: { code: 'machines-down' } });
    expect(call.need.message).toMatch(
      /^Postern stopped 2 machines \(mx0, mx1\) and cannot start: the cloud has no room/,
    );
    expect(call.machines).toEqual([
      { name: 'mx0', vmId: 'vm-0' },
      { name: 'mx1', vmId: 'vm-1' },
    ]);
    expect(call.steps.join(' ')).toMatch(
      /GET \/v1\/admin\/exemptions\/e .*POST \/v1\/admin\/exemptions\/e\/restarts/,
    );
  });

  it('names ten of many', () => {
    expect([callOf(500).machines.length, callOf(500).count]).toEqual([10, 500]);
  });

  it('says so where it is over by the time that it is made', () => {
    expect(callOf(0)).toMatchObject({ count: 0, machines: [], need: { code: 'over-already' } });
  });

  it.each([
    ['down', 'enable', true],
    ['failed', 'enable', true],
    ['blocked', 'enable', false],
    ['blocked', 'revoke', true],
  ] as const)('is made for machines that are %s in direction %s: %s', (kind, direction, isSo) => {
    expect(takesEngineer({ kind, direction })).toBe(isSo);
  });

  it('is made of a late stop that nobody undoes any more: which machine, and what to do (F4, I18)', () => {
    const call = notUndoneCall({ ...down(1), exemptionId: 'e', subscriptionId: 's' }, 'k');
    expect(call).toMatchObject({ exemptionId: 'e', subscriptionId: 's', cause: 'late-stop', count: 1 });
    expect(call.machines).toEqual([{ name: 'mx1', vmId: 'vm-1' }]);
    expect(call.need.message).toMatch(/^Postern may have stopped mx1 .*, and not by its owner, start it\.$/);
    expect(call.steps.join(' ')).toContain('POST /v1/admin/effects/k/requeue');
  });
});
