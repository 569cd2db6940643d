import { readdirSync } from 'node:fs';
import { packP3 } from '../../policy/packs/p03-2018-11.pack.js';
import type { CloudSubscription } from '../../ports/subscription-reader.js';
import type { PriorRevocation } from '../../ports/request-history.js';
import type { SubscriptionFacts } from '../../subscription/subscription.js';
import type { CheckSources, CheckSubject, FraudCheck } from '../fraud-check.js';
import type { ControlProof } from '../../subscription/control-proof.js';
import { controlNotProven } from './control-not-proven.check.js';
import { disposableContactAddress } from './disposable-contact-address.check.js';
import { fraudChecks } from './index.js';
import { priorRevocation } from './prior-revocation.check.js';
import { relayNotRuledOut } from './relay-not-ruled-out.check.js';
import { requestBurst } from './request-burst.check.js';
import { subscriptionNotInGoodStanding } from './subscription-not-in-good-standing.check.js';
import { thinPaymentHistory } from './thin-payment-history.check.js';
import { youngSubscription } from './young-subscription.check.js';

const tenantId = '00000000-0000-4000-8000-0000000000c1';
const healthy: SubscriptionFacts = {
  subscriptionId: '00000000-0000-4000-8000-0000000000b1',
  tenantId,
  displayName: 'shop',
  offer: { quotaId: 'PayAsYouGo_2014-09-01', offerId: '0003P' },
  createdAt: '2020-01-01T00:00:00Z',
  state: 'Enabled',
  spendingLimit: 'Off',
  partnerTenantId: null,
  billing: { paidInvoicesUsd: 100, firstInvoicePaidAt: '2020-02-01T00:00:00Z', pastDue: false },
};

interface World {
  readonly facts?: Partial<SubscriptionFacts>;
  readonly subject?: Partial<CheckSubject>;
  readonly abuseContact?: string;
  readonly cloud?: CloudSubscription;
  readonly requests?: number;
  readonly revocations?: readonly PriorRevocation[] | 'unreadable';
}

const nothing = () => Promise.resolve({ kind: 'nodata' } as const);

function lookInto(check: FraudCheck, world: World) {
  const asked: string[] = [];
  const sources: CheckSources = {
    dns: {
      resolveTxt: nothing,
      resolveMx: nothing,
      resolveA: nothing,
      resolveAAAA: nothing,
      resolvePtr: nothing,
    },
    history: {
      requestsOfTenantSince: (tenant, since) => {
        asked.push(`${tenant} since ${since}`);
        return Promise.resolve(world.requests ?? 1);
      },
      revocationsOf: () =>
        world.revocations === 'unreadable'
          ? Promise.reject(new Error('no database'))
          : Promise.resolve(world.revocations ?? []),
    },
    disposable: { isDisposable: (domain) => domain === 'tenminutes.example' },
    publicSuffix: { of: (name) => name.split('.').slice(-2).join('.') },
    cloud: { read: () => Promise.resolve(world.cloud ?? { kind: 'found', state: 'Enabled', tenantId }) },
    blocklistZones: [],
  };
  const subject: CheckSubject = {
    requestId: '00000000-0000-4000-8000-0000000000a1',
    tenantId,
    filedBy: { kind: 'customer', tenantId },
    controlProof: null,
    subscription: { ...healthy, ...world.facts },
    submittedAt: '2026-01-01T00:00:00Z',
    asOf: '2026-01-31T00:00:00Z',
    pack: packP3,
    sending: {
      kinds: ['system'],
      domains: [],
      dailyVolume: 1,
      heloName: null,
      publicAddresses: [],
      dkimSelectors: [],
      abuseContact: world.abuseContact ?? null,
    },
    contactEmail: 'ops@example.com',
    relayCannotBeUsed: true,
    ...world.subject,
  };
  return { looked: check.look(subject, sources), asked };
}

const paid = (paidInvoicesUsd: number, pastDue = false) => ({
  billing: { paidInvoicesUsd, firstInvoicePaidAt: null, pastDue },
});
const revoked: PriorRevocation = {
  exemptionId: '00000000-0000-4000-8000-0000000000e1',
  revokedAt: '2025-01-01T00:00:00Z',
  reasonCode: 'terms-violated',
  sharedWith: ['tenant', 'contact'],
};
const partnerTenant = '00000000-0000-4000-8000-0000000000d1';
const byPartner = { filedBy: { kind: 'partner', tenantId: partnerTenant } } as const;
const proof: ControlProof = {
  id: '00000000-0000-4000-8000-0000000000e1',
  subscriptionId: healthy.subscriptionId,
  tenantId,
  provesFor: partnerTenant,
  state: 'proven',
  nonce: 'n',
  askedAt: '2026-01-01T00:00:00Z',
  expiresAt: '2026-02-01T00:00:00Z',
  checkedAt: '2026-01-02T00:00:00Z',
  provenAt: '2026-01-02T00:00:00Z',
  problem: null,
};
const found = (state: string, tenant = tenantId): CloudSubscription => ({
  kind: 'found',
  state,
  tenantId: tenant,
});

const rows: readonly (readonly [FraudCheck, string, World, string])[] = [
  [
    youngSubscription,
    'a millisecond short of 30 days',
    { facts: { createdAt: '2026-01-01T00:00:00.001Z' } },
    'warn',
  ],
  [youngSubscription, '30 days', { facts: { createdAt: '2026-01-01T00:00:00Z' } }, 'pass'],
  [youngSubscription, 'from the future', { facts: { createdAt: '2027-01-01T00:00:00Z' } }, 'warn'],
  [thinPaymentHistory, 'nothing paid', { facts: paid(0) }, 'warn'],
  [thinPaymentHistory, 'one cent paid', { facts: paid(0.01) }, 'pass'],
  [subscriptionNotInGoodStanding, 'all well', {}, 'pass'],
  [
    subscriptionNotInGoodStanding,
    'letter case differs only',
    { cloud: found('enabled', tenantId.toUpperCase()) },
    'pass',
  ],
  [subscriptionNotInGoodStanding, 'Warned', { facts: { state: 'Warned' }, cloud: found('Warned') }, 'warn'],
  [
    subscriptionNotInGoodStanding,
    'PastDue',
    { facts: { state: 'PastDue' }, cloud: found('PastDue') },
    'fail',
  ],
  [subscriptionNotInGoodStanding, 'an overdue invoice', { facts: paid(5, true) }, 'fail'],
  [subscriptionNotInGoodStanding, 'Disabled since', { facts: { state: 'Disabled' } }, 'fail'],
  [subscriptionNotInGoodStanding, 'the cloud says another state', { cloud: found('Disabled') }, 'warn'],
  [subscriptionNotInGoodStanding, 'the cloud says another tenant', { cloud: found('Enabled', 'x') }, 'warn'],
  [subscriptionNotInGoodStanding, 'the cloud knows none', { cloud: { kind: 'absent' } }, 'warn'],
  [
    subscriptionNotInGoodStanding,
    'I17: the cloud did not answer',
    { cloud: { kind: 'failure', why: 'timeout' } },
    'error',
  ],
  [
    subscriptionNotInGoodStanding,
    'past due, and the cloud did not answer',
    { facts: paid(5, true), cloud: { kind: 'failure', why: 'throttled' } },
    'fail',
  ],
  [requestBurst, 'the fifth request in 24 h', { requests: 5 }, 'warn'],
  [requestBurst, 'the fourth', { requests: 4 }, 'pass'],
  [
    priorRevocation,
    'a revocation of the same tenant, never more than a warning',
    { revocations: [revoked] },
    'warn',
  ],
  [priorRevocation, 'none', {}, 'pass'],
  [disposableContactAddress, 'an ordinary mailbox', {}, 'pass'],
  [
    disposableContactAddress,
    'a ten-minute mailbox',
    { subject: { contactEmail: 'a@TenMinutes.example' } },
    'warn',
  ],
  [
    disposableContactAddress,
    'below a disposable domain',
    { subject: { contactEmail: 'a@x.tenminutes.example' } },
    'warn',
  ],
  [disposableContactAddress, 'a ten-minute abuse contact', { abuseContact: 'a@tenminutes.example' }, 'warn'],
  [disposableContactAddress, 'an erased contact', { subject: { contactEmail: null } }, 'unknown'],
  [disposableContactAddress, 'no address at all', { subject: { contactEmail: 'nonsense' } }, 'unknown'],
  [controlNotProven, 'filed from its own tenant', {}, 'pass'],
  [controlNotProven, 'I17: a partner that has shown nothing', { subject: byPartner }, 'unknown'],
  [controlNotProven, 'a partner’s proof', { subject: { ...byPartner, controlProof: proof } }, 'pass'],
  [
    controlNotProven,
    'a proof that is a month old',
    { subject: { ...byPartner, controlProof: { ...proof, expiresAt: '2026-01-30T00:00:00Z' } } },
    'unknown',
  ],
  [
    controlNotProven,
    'a proof of when the subscription was another’s',
    { subject: { ...byPartner, controlProof: { ...proof, tenantId: 'other' } } },
    'unknown',
  ],
  [relayNotRuledOut, 'ruled out', {}, 'pass'],
  [relayNotRuledOut, 'not ruled out', { subject: { relayCannotBeUsed: false } }, 'warn'],
  [relayNotRuledOut, 'nobody said', { subject: { relayCannotBeUsed: null } }, 'unknown'],
];

test.each(rows.map(([check, ...row]) => [check.name, ...row, check] as const))('%s: %s', async (...row) => {
  const [, , world, outcome, check] = row;
  const finding = await lookInto(check, world).looked;
  expect(finding).toMatchObject({ check: check.name, outcome, at: '2026-01-31T00:00:00Z' });
  expect(finding.evidence).not.toHaveLength(0);
  expect(finding.reasonCode === null).toBe(outcome === 'pass');
});

test('a burst is counted for the tenant over the last 24 hours', async () => {
  const { looked, asked } = lookInto(requestBurst, {});
  await looked;
  expect(asked).toEqual([`${tenantId} since 2026-01-30T00:00:00.000Z`]);
});

test('past due and disabled carry codes of their own', async () => {
  const pastDue = await lookInto(subscriptionNotInGoodStanding, { facts: paid(5, true) }).looked;
  const disabled = await lookInto(subscriptionNotInGoodStanding, { facts: { state: 'Disabled' } }).looked;
  expect([pastDue.reasonCode, disabled.reasonCode]).toEqual(['past-due', 'subscription-not-enabled']);
});

test('no finding repeats a mail address: it is personal', async () => {
  const finding = await lookInto(disposableContactAddress, { abuseContact: 'jane.doe@example.com' }).looked;
  expect(JSON.stringify(finding)).not.toMatch(/ops@|jane/);
});

test('a registry that cannot be read is thrown, to be tried again, and is no finding', async () => {
  await expect(lookInto(priorRevocation, { revocations: 'unreadable' }).looked).rejects.toThrow(
    'no database',
  );
});

test('the list holds every check of the folder, once, under the name of its file', () => {
  const files = readdirSync(__dirname).filter((file) => file.endsWith('.check.ts'));
  expect(fraudChecks.map(({ name }) => `${name}.check.ts`).sort()).toEqual(files.sort());
});
