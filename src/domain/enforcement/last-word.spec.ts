import { addMilliseconds } from '../instants.js';
import { aMachine, anOperation, aRestart, started } from './enforcement.examples.js';
import { lastWord } from './last-word.js';
import { afterLook, afterPoll, nextStep } from './next-step.js';

const deadlineMs = 1_200_000;
const late = {
  ...{ now: addMilliseconds(started, deadlineMs + 1), deadlineMs, orderSeenMs: 60_000 },
  ...{ isStillWanted: true, wasNeverTaken: false, mayHaveStopped: false },
};
const deallocating = aRestart({ state: 'deallocating', stoppedByUs: true });
const poll = (code: string, polls: number) =>
  afterPoll(anOperation({ polls }), { kind: 'unavailable', code, retryAfterSeconds: null }, late.now);
const look = (code: string, polls: number) =>
  afterLook(anOperation({ polls }), { kind: 'unknown', code, retryAfterSeconds: null }, late);

describe('the last word on an overdue operation', () => {
  it('waits for a human when an operation has no end, and claims of nobody that they know (F10)', () => {
    expect(nextStep(deallocating, anOperation(), aMachine(), late)).toMatchObject({
      do: 'poll',
      isLate: true,
    });
    const running = afterPoll(anOperation(), { kind: 'running', retryAfterSeconds: null }, late.now);
    expect(lastWord(anOperation(), running, late).event).toMatchObject({
      type: 'gaveUp',
      code: 'operation-without-end',
      message: expect.stringMatching(
        /needs a support engineer, and stands in their list.* stop \(deallocate\) and start it yourself, that counts\.$/,
      ) as string,
    });
  });

  it('asks once more before it calls one: it may have ended while no worker was there (F2, F10)', () => {
    const ended = afterPoll(anOperation(), { kind: 'succeeded', endTime: started }, late.now);
    expect(lastWord(anOperation(), ended, late)).toBe(ended);
    const gone = afterPoll(anOperation(), { kind: 'gone' }, late.now);
    expect(lastWord(anOperation(), gone, late)).toMatchObject({ event: null, againInMs: 0 });
  });

  it.each(['no-token', 'http-503'])(
    'is not what nobody said: a question that met %s is asked again, with the usual waits (F2, F9)',
    (code) => {
      for (const asked of [poll(code, 44), look(code, 44)]) {
        expect(lastWord(anOperation(), asked, late)).toBe(asked);
        expect(asked).toMatchObject({ event: null, againInMs: code === 'no-token' ? 1_000 : 30_000 });
      }
    },
  );

  it('is that the cloud does not answer, after two hours of questions: nothing waits in silence (F9, I13)', () => {
    for (const ask of [poll, look]) {
      expect(lastWord(anOperation(), ask('http-503', 250), late).event).toBeNull();
      const { event, operation } = lastWord(anOperation(), ask('http-503', 290), late);
      expect(event).toMatchObject({ type: 'gaveUp', code: 'operation-unanswered' });
      expect(event).toMatchObject({ message: expect.stringContaining('does not answer') as string });
      expect(operation.state).toBe('abandoned');
    }
  });

  it('waits for a token for as long as it takes: that is our own budget, and it gives them out in turn (I16)', () => {
    expect(lastWord(anOperation(), poll('no-token', 200), late).event).toBeNull();
  });
});
