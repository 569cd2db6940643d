import type { ActorRef } from '../access/actor.js';
import {
  movedToAnotherTenant,
  policyChangeAfterGrant,
  resellerChanged,
  troubleOfFacts,
} from './change-after-grant.js';
import type { PolicyFacts } from './change-after-grant.js';
import { coolingDownUntil } from './cooling-down.js';
import { packP3 } from './packs/p03-2018-11.pack.js';

const createdAt = '2020-01-01T00:00:00Z';
const one = '00000000-0000-4000-8000-0000000000f1';
const other = '00000000-0000-4000-8000-0000000000f2';
const of = (quotaId: string, more: Partial<PolicyFacts> = {}): PolicyFacts => ({
  offer: { quotaId, agreementType: 'MicrosoftOnlineServicesProgram' },
  createdAt,
  ...more,
});
const payAsYouGo = of('PayAsYouGo_2014-09-01');
const csp = of('CSP_2015-05-01');
const unknown = of('Internal_2014-09-01');
const suspend = { suspend: 'offer-changed' };
const human = { humanTask: 'offer-ambiguous' };

test.each([
  ['nothing changed', payAsYouGo, payAsYouGo, 'none'],
  ['to an offer that is never granted', payAsYouGo, of('FreeTrial_2014-09-01'), suspend],
  ['to CSP, where the partner would have to ask', payAsYouGo, csp, suspend],
  ['from CSP to Pay-As-You-Go, where the customer would', csp, payAsYouGo, suspend],
  ['to an unknown offer', payAsYouGo, unknown, human],
  ['an unknown offer stays what it was', unknown, unknown, 'none'],
  ['an unknown offer becomes another unknown one', unknown, of('AAD_2015-09-01'), human],
  ['an unknown offer becomes known and requestable', unknown, payAsYouGo, 'none'],
  [
    'to one that is open',
    payAsYouGo,
    of('EnterpriseAgreement_2014-09-01', {
      offer: { quotaId: 'EnterpriseAgreement_2014-09-01', offerId: '0017P' },
    }),
    'none',
  ],
  ['to an older creation date', payAsYouGo, { ...payAsYouGo, createdAt: '2016-01-01T00:00:00Z' }, 'none'],
  ['granted never stays never', of('FreeTrial_2014-09-01'), of('MSDN_2014-09-01'), 'none'],
] as const)('%s', (_what, before, after, expected) => {
  expect(policyChangeAfterGrant(before, after, packP3)).toEqual(expected);
});

test('who asked counts where the facts before named nobody', () => {
  expect(policyChangeAfterGrant(unknown, csp, packP3, 'customer')).toEqual(suspend);
  expect(policyChangeAfterGrant(unknown, csp, packP3, 'partner')).toBe('none');
});

test.each([
  ['sold by who filed, as before', one, one, one, false],
  ['sold by another now', one, one, other, true],
  ['sold by another now, in two steps', one, null, other, true],
  ['sold by nobody that is registered: not known to be another', one, one, null, false],
  ['sold by the other as before: nothing changed', one, other, other, false],
  ['sold by who filed again', one, other, one, false],
] as const)('a subscription that is %s', (_what, filer, was, is, expected) => {
  const filedBy = { kind: 'partner', tenantId: filer, objectId: 'x', name: null } as const;
  const changed = (by: ActorRef) => resellerChanged({ partnerTenantId: was }, { partnerTenantId: is }, by);
  expect(changed(filedBy)).toBe(expected);
  expect(changed({ ...filedBy, kind: 'customer' })).toBe(false);
});

test.each([
  ['Enabled', false, []],
  ['Warned', false, []],
  ['Disabled', false, ['subscription-not-enabled']],
  ['Deleted', true, ['subscription-not-enabled', 'past-due']],
  ['PastDue', false, ['past-due']],
  ['Enabled', true, ['past-due']],
] as const)('%s with past due %s is trouble of %j', (state, pastDue, expected) => {
  const billing = { paidInvoicesUsd: 1, firstInvoicePaidAt: null, pastDue };
  expect(troubleOfFacts({ state, billing })).toEqual(expected);
});

test('a tenant is the same in any letter case', () => {
  expect(movedToAnotherTenant({ tenantId: 'ABC' }, { tenantId: 'abc' })).toBe(false);
  expect(movedToAnotherTenant({ tenantId: one }, { tenantId: other })).toBe(true);
});

describe('cooling down', () => {
  const at = '2026-01-01T00:00:00Z';
  const { thresholds } = packP3;
  const ended = { at, applyAgainOn: null };
  test.each([
    ['nothing before', null, null, null],
    ['no wait after a denial for what can be mended', ended, null, null],
    ['180 days after a revocation', null, ended, '2026-06-30T00:00:00.000Z'],
    ['the later of both', ended, ended, '2026-06-30T00:00:00.000Z'],
    [
      'the date that a denial set',
      { at, applyAgainOn: '2026-01-02T00:00:00Z' },
      null,
      '2026-01-02T00:00:00Z',
    ],
    [
      'a date set far out beats a revocation',
      { at, applyAgainOn: '2027-01-01T00:00:00Z' },
      ended,
      '2027-01-01T00:00:00Z',
    ],
  ] as const)('%s', (_what, lastDenial, lastRevocation, until) => {
    expect(coolingDownUntil({ lastDenial, lastRevocation }, thresholds)).toBe(until);
  });
});
