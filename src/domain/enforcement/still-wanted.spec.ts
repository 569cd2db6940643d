import type { Exemption } from '../exemption/exemption.js';
import { addMilliseconds } from '../instants.js';
import { aMachine, anExemption, anOperation, aRestart, started } from './enforcement.examples.js';
import { nextStep } from './next-step.js';
import type { PowerOperation } from './power-operation.js';
import type { RestartPlan } from './restart-plan.js';
import type { Blocker } from './restart.js';
import { isStillWanted, planStopped, wasNeverTaken } from './still-wanted.js';

const plan: RestartPlan = { mode: 'managed', window: null, maxUnavailable: 1, canary: false };
const window = { startsAt: started, endsAt: addMilliseconds(started, 60_000) };
const suspension = (closeRunning: boolean): Partial<Exemption> => ({
  state: 'suspended',
  suspension: {
    at: started,
    by: { kind: 'system', tenantId: null, objectId: null, name: 'a test' },
    reasonCode: 'terms-violated',
    violationId: null,
    textId: null,
    closeRunning,
  },
});

describe('a stop that the cloud was not told of yet (F23)', () => {
  const { fence } = anExemption();
  const enabling = aRestart({ direction: 'enable', fence });
  const closing = aRestart({ direction: 'revoke', fence });
  const at = (seconds: number) => addMilliseconds(started, seconds * 1_000);

  it.each<[string, boolean, Partial<Exemption>, number]>([
    ['under the plan that admitted it', true, { restartPlan: plan }, 0],
    ['within its window', true, { restartPlan: { ...plan, window } }, 59],
    ['from the end of its window on', false, { restartPlan: { ...plan, window } }, 60],
    ['before a window that was set anew', false, { restartPlan: { ...plan, window } }, -1],
    ['under a plan that is observed', false, { restartPlan: { ...plan, mode: 'observed' } }, 0],
    ['while suspended', false, suspension(false), 0],
    ['while suspended, and running machines are closed', false, suspension(true), 0],
    ['while the right is ended', false, { state: 'revoking', restartPlan: plan }, 0],
    ['under a later order of the gate', false, { fence: fence + 1, restartPlan: plan }, 0],
  ])('in a plan that enables, %s: wanted is %s', (_when, isWanted, differs, seconds) => {
    expect(
      isStillWanted(enabling, anExemption({ state: 'enabling', ...differs }), {
        now: at(seconds),
        holding: null,
      }),
    ).toBe(isWanted);
  });

  const stopped = { code: planStopped, message: 'mx1 did not come back.' };

  it('in a plan that has stopped by itself is not wanted until it goes on', () => {
    const wanted = (holding: Blocker | null) =>
      isStillWanted(enabling, anExemption({ state: 'enabling', restartPlan: plan }), { now: at(0), holding });
    expect(wanted(stopped)).toBe(false);
    expect(wanted({ ...stopped, code: 'max-unavailable-reached' })).toBe(true);
  });

  it.each<[string, boolean, Partial<Exemption>]>([
    ['whatever the plan', true, { state: 'revoking', restartPlan: { ...plan, mode: 'observed' } }],
    ['outside of the window', true, { state: 'expiring', restartPlan: { ...plan, window } }],
    ['while suspended, and running machines are closed', true, suspension(true)],
    ['after a reinstatement', false, { state: 'enabling', restartPlan: plan }],
    ['under a later order of the gate', false, { state: 'revoking', fence: fence + 1 }],
    ['after the end', false, { state: 'revoked' }],
  ])('in the end of a right, %s: wanted is %s (I7)', (_when, isWanted, differs) => {
    expect(isStillWanted(closing, anExemption(differs), { now: at(3_600), holding: stopped })).toBe(isWanted);
  });
});

describe('an order', () => {
  const rules = { now: addMilliseconds(started, 10_000), deadlineMs: 1_200_000, isStillWanted: false };
  const deallocating = aRestart({ state: 'deallocating', stoppedByUs: true });
  const unsent = { operationUrl: null, sentAt: null } as const;

  it.each<[string, Partial<PowerOperation> | null]>([
    ['not even intended', null],
    ['without a token', { ...unsent, state: 'intended', errorCode: 'no-token' }],
    ['throttled', { ...unsent, state: 'intended', errorCode: 'http-429' }],
    ['refused', { ...unsent, state: 'failed', errorCode: 'Conflict' }],
    ['held back once before', { ...unsent, state: 'abandoned', errorCode: 'no-token' }],
  ])(
    'that is %s was never taken, and is held back where it is not wanted any more (F23)',
    (_how, differs) => {
      const operation = differs === null ? null : anOperation(differs);
      expect(wasNeverTaken(operation)).toBe(true);
      expect(nextStep(deallocating, operation, aMachine(), rules)).toEqual({ do: 'hold-back' });
      expect(nextStep(deallocating, operation, aMachine(), { ...rules, isStillWanted: true }).do).toBe(
        'send',
      );
    },
  );

  it.each<[string, Partial<PowerOperation>, string]>([
    ['was taken', {}, 'poll'],
    ['may have been taken', { ...unsent, state: 'intended' }, 'look'],
    ['was taken and failed', { state: 'failed', errorCode: 'InternalExecutionError' }, 'send'],
  ])('that %s is finished, whatever is wanted by now (I18)', (_how, differs, step) => {
    expect(nextStep(deallocating, anOperation(differs), aMachine(), rules).do).toBe(step);
  });

  it('to start is given, whatever is wanted by now (I18)', () => {
    const starting = aRestart({ state: 'starting', stoppedByUs: true });
    const off = aMachine({ powerState: 'deallocated', host: 'none' });
    expect(nextStep(starting, null, off, rules)).toMatchObject({ do: 'send', kind: 'start' });
    const throttled = anOperation({ ...unsent, kind: 'start', state: 'intended', errorCode: 'http-429' });
    expect(nextStep(starting, throttled, off, rules)).toMatchObject({ do: 'send', kind: 'start' });
  });
});
