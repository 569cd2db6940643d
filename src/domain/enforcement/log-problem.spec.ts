import type { LogReading } from '../ports/activity-log.js';
import { logProblemAfter, withLogProblem } from './log-problem.js';
import { defaultRestartPlan } from './restart-plan.js';

const unread = (code: string): LogReading => ({ kind: 'unread', code, retryAfterSeconds: null });
const missing = logProblemAfter(unread('AuthorizationFailed'), null);
const waits = { code: 'not-deallocated-yet', message: 'mx1 has held its host.' };

describe('why the activity log cannot be read', () => {
  it('is the right that is missing, or what the cloud said', () => {
    expect(missing?.code).toBe('activity-log-right-missing');
    expect(missing?.message).toContain('Microsoft.Insights/eventtypes/values/read');
    expect(logProblemAfter(unread('http-503'), missing)?.message).toContain('http-503');
  });

  it('stands while nobody asks, or the call was not taken, and is over when it answers', () => {
    expect(logProblemAfter(null, missing)).toBe(missing);
    for (const code of ['no-token', 'http-429']) {
      expect(logProblemAfter(unread(code), missing)).toBe(missing);
      expect(logProblemAfter(unread(code), null)).toBeNull();
    }
    expect(logProblemAfter({ kind: 'read', operations: [], isWhole: false }, missing)).toBeNull();
  });

  it('is told beside a machine that its owner has to cycle, and beside no other', () => {
    const enable = { direction: 'enable' } as const;
    const told = withLogProblem(waits, enable, defaultRestartPlan, missing);
    expect(told?.message).toMatch(/^mx1 has held its host\. .*eventtypes/);
    expect(withLogProblem(waits, enable, defaultRestartPlan, null)).toBe(waits);
    expect(withLogProblem(waits, { direction: 'revoke' }, defaultRestartPlan, missing)).toBe(waits);
    expect(withLogProblem(waits, enable, { mode: 'managed' }, missing)).toBe(waits);
    const other = { code: 'stopped-but-allocated', message: 'shut down from inside' };
    expect(withLogProblem(other, enable, defaultRestartPlan, missing)).toBe(other);
    expect(withLogProblem(null, enable, defaultRestartPlan, missing)).toBeNull();
  });
});
