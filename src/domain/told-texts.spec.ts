import type { ToldEntry } from './ports/told-entry.js';
import { tell } from './told-texts.js';

const entry = (event: string, differs: Partial<ToldEntry> = {}): ToldEntry => ({
  requestId: 'r',
  tenantId: 't',
  event,
  by: 'platform',
  actorTenantId: null,
  code: null,
  facts: { machine: 'web-1', direction: 'enable' },
  mailed: false,
  ...differs,
});

describe('what a requester is told', () => {
  it.each([
    ...['submitted', 'review-begun', 'checks-repeated', 'information-requested', 'information-given'],
    ...['second-review-begun', 'approved', 'denied', 'withdrawn', 'lapsed', 'enabling', 'effective'],
    ...['suspended', 'reinstated', 'revocation-ordered', 'revoked', 'expiring', 'expired'],
    ...['restart-plan-changed', 'gate-opened', 'gate-closed', 'gate-disputed', 'machine-waiting'],
    ...['machine-deallocating', 'machine-deallocated', 'machine-restarted', 'machine-resting'],
    ...['machine-blocked', 'machine-failed', 'machine-trouble', 'machine-skipped', 'machine-gone'],
    ...['machine-created-after', 'machine-held-back'],
  ])('of %s is a sentence, not the name of an event', (event) => {
    const { message } = tell(entry(event), 'customer');
    expect(message).toMatch(/^.{10,}\.$/s);
    expect(message).not.toContain('undefined');
    if (event.startsWith('machine-')) expect(message).toContain('web-1');
  });

  it.each([
    ...['machines-down', 'machines-failed', 'machines-blocked', 'machines-through', 'machines-missing'],
    'addresses-not-ready',
  ])('of %s names the machines, what happened, and what to do', (event) => {
    const facts = {
      machines: '2 machines (web-1, web-2)',
      count: 2,
      direction: 'enable',
      kind: 'down',
      missing: 2,
      running: 'web-1, web-2',
      shutDown: '',
      others: '',
      exemptionId: 'e',
    };
    const { message, code } = tell(entry(event, { facts, code: 'resource-locked' }), 'customer');
    expect(message).toMatch(/^.{10,}\.$/s);
    expect(message).toMatch(/web-1, web-2/);
    expect(message).not.toMatch(/undefined|null|: shut down from inside/);
    expect(code).toBe('resource-locked');
  });

  it.each([
    ...[
      'subscription-disabled',
      'resource-locked',
      'missing-right',
      'cannot-deallocate',
      'allocation-failed',
    ],
    ...['start-failed', 'deallocate-failed', 'operation-without-end', 'operation-unanswered'],
    ...['step-given-up', 'of-a-later-version'],
  ])('of %s says what to do next, and in the end of a right nobody is told to skip', (code) => {
    const facts = { machines: 'web-1', count: 1, kind: 'blocked' };
    const words = (direction: string) =>
      tell(entry('machines-blocked', { code, facts: { ...facts, direction } }), 'customer').message;
    expect(words('enable').split('. ').length).toBeGreaterThan(1);
    expect(words('revoke')).toContain('Until then the right is not ended.');
    expect(words('revoke')).not.toMatch(/to skip/);
  });

  it.each(['operation-without-end', 'operation-unanswered', 'step-given-up'])(
    'of %s says who is needed and what its reader can do, and of nobody that they know already',
    (code) => {
      const facts = { machines: 'web-1', count: 1, direction: 'enable', machine: 'web-1' };
      for (const event of ['machines-failed', 'machines-down', 'machine-failed']) {
        const { message } = tell(
          entry(event, { code, facts: { ...facts, engineersAreMailed: true } }),
          'customer',
        );
        expect(message).toMatch(/a support engineer/);
        expect(message).toMatch(/yourself|its row/);
        expect(message).not.toMatch(/ (was|were|is) (called|told|mailed)|by mail/);
      }
    },
  );

  it('of a refusal names the public code and when to ask again, never the suspicion', () => {
    const denied = entry('denied', {
      code: 'volume-implausible',
      facts: { applyAgainOn: '2026-03-31T00:00:00.000Z' },
    });
    for (const audience of ['customer', 'partner'] as const) {
      const told = tell(denied, audience);
      expect(told.code).toBe('trust-review-declined');
      expect(told.message).toContain('2026-03-31');
      expect(told.message).not.toMatch(/volume/i);
    }
    expect(tell(denied, 'internal').code).toBe('volume-implausible');
  });

  it('of an event that a later version wrote is at least its name', () => {
    expect(tell(entry('something-new'), 'customer').message).toBe('something new');
  });
});
