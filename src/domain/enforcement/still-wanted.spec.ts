import type { Exemption } from '../exemption/exemption.js';
import { addMilliseconds } from '../instants.js';
import { aMachine, anExemption, anOperation, aRestart, started } from './enforcement.examples.js';
import { nextStep } from './next-step.js';
import type { PowerOperation } from './power-operation.js';
import type { RestartPlan } from './restart-plan.js';
import type { Restart } from './restart.js';
import { isStillWanted, mayHaveStopped, wasNeverTaken } from './still-wanted.js';

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
        inTrouble: [],
      }),
    ).toBe(isWanted);
  });

  const blocker = { code: 'allocation-failed', message: 'The region has no capacity.', since: started };

  it.each<[string, boolean, Partial<Restart>]>([
    ['was given up', false, { state: 'failed', blocker }],
    [
      'was stopped by Postern, and its start is refused',
      false,
      { state: 'blocked', stoppedByUs: true, blocker },
    ],
    [
      'was stopped by Postern, and is started again and again',
      false,
      { state: 'starting', stoppedByUs: true, blocker },
    ],
    [
      'is not stopped at once, because the cloud is busy',
      true,
      { state: 'deallocating', stoppedByUs: true, blocker },
    ],
    ['cannot be stopped', true, { state: 'blocked', stoppedByUs: false, blocker }],
    ['is in no trouble', true, { state: 'starting', stoppedByUs: true }],
  ])('in a plan of which another machine %s: wanted is %s', (_what, isWanted, differs) => {
    const inTrouble = [aRestart({ direction: 'enable', fence, ...differs })];
    const exemption = anExemption({ state: 'enabling', restartPlan: plan });
    expect(isStillWanted(enabling, exemption, { now: at(0), inTrouble })).toBe(isWanted);
  });

  const failed = aRestart({ direction: 'revoke', fence, state: 'failed', blocker });

  it.each<[string, boolean, Partial<Exemption>]>([
    ['whatever the plan', true, { state: 'revoking', restartPlan: { ...plan, mode: 'observed' } }],
    ['outside of the window', true, { state: 'expiring', restartPlan: { ...plan, window } }],
    ['while suspended, and running machines are closed', true, suspension(true)],
    ['after a reinstatement', false, { state: 'enabling', restartPlan: plan }],
    ['under a later order of the gate', false, { state: 'revoking', fence: fence + 1 }],
    ['after the end', false, { state: 'revoked' }],
  ])('in the end of a right, %s: wanted is %s (I7)', (_when, isWanted, differs) => {
    expect(isStillWanted(closing, anExemption(differs), { now: at(3_600), inTrouble: [failed] })).toBe(
      isWanted,
    );
  });
});

describe('an order', () => {
  const rules = { now: addMilliseconds(started, 10_000), deadlineMs: 1_200_000, isStillWanted: false };
  const step = (operation: PowerOperation | null, isStillWanted = false) => {
    return nextStep(deallocating, operation, aMachine(), { ...rules, ...of(operation), isStillWanted });
  };
  const of = (operation: PowerOperation | null) => {
    const stops = operation === null ? [] : [operation];
    return { wasNeverTaken: wasNeverTaken(stops), mayHaveStopped: mayHaveStopped(stops) };
  };
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
      expect(step(operation)).toEqual({ do: 'hold-back' });
      expect(step(operation, true).do).toBe('send');
    },
  );

  it.each<[string, Partial<PowerOperation>, string]>([
    ['was taken', {}, 'poll'],
    ['may have been taken', { ...unsent, state: 'intended' }, 'look'],
    ['was taken and failed', { state: 'failed', errorCode: 'InternalExecutionError' }, 'send'],
    ['had no end', { ...unsent, state: 'abandoned', errorCode: 'operation-without-end' }, 'send'],
  ])('that %s is finished, whatever is wanted by now (I18)', (_how, differs, next) => {
    expect(step(anOperation(differs)).do).toBe(next);
  });

  it('that was taken once was taken, whatever became of those that followed it (I18)', () => {
    const failed = anOperation({ state: 'failed', errorCode: 'InternalExecutionError' });
    const refused = anOperation({ ...unsent, state: 'failed', attempt: 2, errorCode: 'Conflict' });
    expect(wasNeverTaken([failed, refused])).toBe(false);
    expect(wasNeverTaken([{ ...refused, attempt: 1 }, refused])).toBe(true);
  });

  const failed = anOperation({ state: 'failed', errorCode: 'InternalExecutionError' });
  const endless = anOperation({ ...unsent, state: 'abandoned', errorCode: 'operation-without-end' });
  const goesDown = aMachine({ powerState: 'deallocating', host: 'held' });
  const isDown = aMachine({ powerState: 'deallocated', host: 'none' });

  it.each([
    ['failed, and it goes down', failed, goesDown],
    ['had no end, and it goes down', endless, goesDown],
    ['had no end, and it is down', endless, isDown],
  ])(
    'is given again to a machine of which one of ours %s: as what it was planned as (I18)',
    (_what, stop, machine) => {
      const again = { do: 'send', kind: 'deallocate', found: null };
      expect(
        nextStep(deallocating, stop, machine, { ...rules, ...of(stop), isStillWanted: true }),
      ).toMatchObject(again);
    },
  );

  it('that failed did not take the host of a machine that is down: whoever did wanted so (I18)', () => {
    const known = { ...rules, ...of(failed), isStillWanted: true };
    expect(nextStep(deallocating, failed, isDown, known)).toEqual({ do: 'leave-to-owner' });
  });

  it('to start is given, whatever is wanted by now (I18)', () => {
    const asked = { ...rules, ...of(anOperation()) };
    const starting = aRestart({ state: 'starting', stoppedByUs: true });
    const off = aMachine({ powerState: 'deallocated', host: 'none' });
    expect(nextStep(starting, null, off, asked)).toMatchObject({ do: 'send', kind: 'start' });
    const throttled = anOperation({ ...unsent, kind: 'start', state: 'intended', errorCode: 'http-429' });
    expect(nextStep(starting, throttled, off, asked)).toMatchObject({ do: 'send', kind: 'start' });
  });
});
