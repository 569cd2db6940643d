import { addMilliseconds } from '../instants.js';
import { aMachine, anOperation, aRestart, started } from './enforcement.examples.js';
import { afterLook, afterOrder, afterPoll, nextStep, pollDelayMs, retryDelayMs } from './next-step.js';
import type { PowerOperation } from './power-operation.js';

const rules = {
  now: addMilliseconds(started, 10_000),
  deadlineMs: 1_200_000,
  orderSeenMs: 5_000,
  isStillWanted: true,
  wasNeverTaken: true,
  mayHaveStopped: false,
};
const deallocating = aRestart({ state: 'deallocating', stoppedByUs: true });
const starting = aRestart({ state: 'starting', stoppedByUs: true });
const look = (powerState: 'running' | 'stopped' | 'deallocating' | 'deallocated' | 'starting' | 'unknown') =>
  ({ kind: 'found', machine: aMachine(), powerState }) as const;

describe('the next step of a cycle (F2: resumes by the saved URL, else looks first)', () => {
  it('sends where nothing was intended yet', () => {
    expect(nextStep(deallocating, null, aMachine(), rules)).toMatchObject({
      do: 'send',
      kind: 'deallocate',
      again: null,
    });
  });

  it('restores what it stops, not what was planned: a queue, a window, a canary lie between (I18)', () => {
    const shutDown = aMachine({ powerState: 'stopped' });
    expect(nextStep(deallocating, null, shutDown, rules)).toMatchObject({ do: 'send', found: 'stopped' });
    const unseen = aMachine({ powerState: 'unknown' });
    expect(nextStep(deallocating, null, unseen, rules)).toMatchObject({ do: 'send', found: null });
    const queued = anOperation({
      state: 'intended',
      operationUrl: null,
      sentAt: null,
      errorCode: 'no-token',
    });
    expect(nextStep(deallocating, queued, shutDown, rules)).toMatchObject({ do: 'send', found: 'stopped' });
  });

  it('leaves a machine to its owner that lost its host before it could be stopped (I18)', () => {
    const released = aMachine({ powerState: 'deallocated', host: 'none' });
    expect(nextStep(deallocating, null, released, rules)).toEqual({ do: 'leave-to-owner' });
  });

  it('polls the saved URL of what was sent', () => {
    expect(nextStep(deallocating, anOperation(), aMachine(), rules).do).toBe('poll');
  });

  it.each<Partial<PowerOperation>>([{ state: 'intended', operationUrl: null }, { operationUrl: null }])(
    'looks at the machine before anything else where the answer was lost: %j (I8)',
    (lost) => {
      expect(nextStep(deallocating, anOperation(lost), aMachine(), rules).do).toBe('look');
    },
  );

  it.each(['http-429', 'no-token'])(
    'gives an order again without a look where it was not taken, however long it waited: %s (F9)',
    (errorCode) => {
      const waiting = anOperation({ state: 'intended', operationUrl: null, sentAt: null, errorCode });
      const late = { ...rules, now: addMilliseconds(started, 9_000_000) };
      expect(nextStep(deallocating, waiting, aMachine(), late)).toMatchObject({ do: 'send', again: waiting });
    },
  );

  it('sends anew after an operation that ended', () => {
    expect(nextStep(starting, anOperation({ kind: 'start', state: 'failed' }), null, rules).do).toBe('send');
  });

  it('does not start what runs already: somebody else started it after our stop', () => {
    const running = aMachine({ host: 'held', powerState: 'running' });
    expect(nextStep(starting, null, running, rules).do).toBe('say-running');
  });

  it.each(['waiting', 'restarted', 'gone', 'superseded', 'failed'] as const)(
    'does nothing for a restart that is %s',
    (state) => {
      expect(nextStep(aRestart({ state }), null, aMachine(), rules).do).toBe('nothing');
    },
  );
});

describe('what an answer means', () => {
  it('keeps the URL of an accepted order, and asks after it in 2 seconds', () => {
    const { operation, againInMs, event } = afterOrder(
      anOperation({ state: 'intended', operationUrl: null }),
      {
        kind: 'accepted',
        operationUrl: 'https://cloud.example/operations/2',
        cloudRequestId: null,
        correlationId: null,
      },
      rules.now,
    );
    expect(operation).toMatchObject({ state: 'sent', operationUrl: 'https://cloud.example/operations/2' });
    expect([againInMs, event]).toEqual([2_000, null]);
  });

  it('leaves a lost answer an intent: the next step looks (F9)', () => {
    const lost = afterOrder(
      anOperation({ state: 'intended' }),
      { kind: 'unavailable', code: 'reset', retryAfterSeconds: null },
      rules.now,
    );
    expect(lost.operation.state).toBe('intended');
    expect(lost.againInMs).toBe(5_000);
  });

  it('waits as long as the cloud asks it to (F9)', () => {
    const throttled = afterPoll(
      anOperation(),
      { kind: 'unavailable', code: '429', retryAfterSeconds: 40 },
      rules.now,
    );
    expect(throttled.againInMs).toBe(40_000);
  });

  it('comes back exactly when the budget has a token for it, and counts that as no question (I16)', () => {
    const noToken = { kind: 'unavailable', code: 'no-token', retryAfterSeconds: 0.12 } as const;
    const intended = anOperation({ state: 'intended', operationUrl: null });
    expect(afterOrder(intended, noToken, rules.now)).toMatchObject({
      againInMs: 120,
      operation: { state: 'intended', errorCode: 'no-token' },
    });
    expect(afterPoll(anOperation({ polls: 2 }), noToken, rules.now)).toMatchObject({
      againInMs: 120,
      operation: { polls: 2 },
    });
    const unknown = { kind: 'unknown', code: 'no-token', retryAfterSeconds: 0.12 } as const;
    expect(afterLook(anOperation({ polls: 2 }), unknown, rules)).toMatchObject({
      againInMs: 120,
      operation: { polls: 2 },
    });
  });

  it('asks an ever later question of a cloud that fails (F9)', () => {
    const failing = { kind: 'unavailable', code: 'http-503', retryAfterSeconds: null } as const;
    const unknown = { kind: 'unknown', code: 'http-503', retryAfterSeconds: null } as const;
    const waits = [0, 1, 2, 3, 9].map((polls) => [
      afterPoll(anOperation({ polls }), failing, rules.now).againInMs,
      afterLook(anOperation({ polls }), unknown, rules).againInMs,
    ]);
    expect(waits).toEqual([4_000, 8_000, 15_000, 30_000, 30_000].map((wait) => [wait, wait]));
  });

  it.each(['subscription-disabled', 'resource-locked', 'missing-right', 'cannot-deallocate'] as const)(
    'is blocked, not failed, by %s',
    (why) => {
      const refused = afterOrder(anOperation(), { kind: 'refused', why, code: 'X', message: 'm' }, rules.now);
      expect(refused.event).toMatchObject({ type: 'blocked', code: why });
    },
  );

  it('takes the cloud’s endTime as the evidence of a release (E1)', () => {
    const ended = afterPoll(
      anOperation(),
      { kind: 'succeeded', endTime: '2026-01-10T12:00:05.000Z' },
      rules.now,
    );
    expect(ended.event).toEqual({ type: 'hostLost' });
    expect(ended.seen).toMatchObject({
      powerState: 'deallocated',
      proof: 'operation',
      at: '2026-01-10T12:00:05.000Z',
    });
  });

  it('never takes an allocation failure for a success, tells once, and keeps trying (F10, I18)', () => {
    const failed = {
      kind: 'failed',
      why: 'allocation-failed',
      code: 'AllocationFailed',
      message: '',
    } as const;
    const first = afterPoll(anOperation({ kind: 'start' }), failed, rules.now);
    expect(first.event).toMatchObject({ type: 'troubleSeen', code: 'allocation-failed' });
    expect(first.seen).toBeNull();
    expect(first.againInMs).toBe(15_000);
    expect(afterPoll(anOperation({ kind: 'start', attempt: 2 }), failed, rules.now).event).toBeNull();
  });

  it.each([{ kind: 'gone' }, { kind: 'foreign-host' }] as const)(
    'forgets a URL that is %j and looks instead (F10)',
    (answer) => {
      const { operation, event } = afterPoll(anOperation(), answer, rules.now);
      expect([operation.operationUrl, event]).toEqual([null, null]);
    },
  );

  it('sees by a look what became of a lost order', () => {
    const lost = anOperation({ operationUrl: null });
    expect(afterLook(lost, look('deallocated'), rules).event).toEqual({ type: 'hostLost' });
    expect(afterLook(lost, look('deallocating'), rules)).toMatchObject({ event: null, againInMs: 3_000 });
    expect(afterLook(lost, look('unknown'), rules).resend).toBeUndefined();
    expect(afterLook(lost, look('running'), rules).resend).toBe(true);
    expect(afterLook(anOperation({ kind: 'start' }), look('running'), rules).event).toMatchObject({
      type: 'running',
    });
    expect(afterLook(anOperation({ kind: 'start' }), look('deallocated'), rules).resend).toBe(true);
  });

  it('asks after an operation at 2, 4, 8, 15 and then every 30 seconds, and retries at most 5 minutes apart', () => {
    expect([0, 1, 2, 3, 4, 50].map(pollDelayMs)).toEqual([2_000, 4_000, 8_000, 15_000, 30_000, 30_000]);
    expect([1, 2, 3, 20].map(retryDelayMs)).toEqual([15_000, 30_000, 60_000, 300_000]);
  });
});
