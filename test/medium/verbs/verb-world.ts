import { randomUUID } from 'node:crypto';
import { createDataSource } from '../../../src/adapters/postgres/data-source.js';
import { LocalWake } from '../../../src/adapters/postgres/local-wake.js';
import { PostgresEffectLedger } from '../../../src/adapters/postgres/postgres-effect-ledger.js';
import { PostgresRequestHistory } from '../../../src/adapters/postgres/postgres-request-history.js';
import { PostgresUnitOfWork } from '../../../src/adapters/postgres/postgres-unit-of-work.js';
import { RegisterRelationship } from '../../../src/application/register-relationship.js';
import { RegisterSubscription } from '../../../src/application/register-subscription.js';
import { RegisterTenant } from '../../../src/application/register-tenant.js';
import { RunFraudCheck } from '../../../src/application/run-fraud-check.js';
import { SubmitRequest, type SubmitRequestCommand } from '../../../src/application/submit-request.js';
import { ApproveRequest, type ApproveRequestCommand } from '../../../src/application/approve-request.js';
import { FindRequest } from '../../../src/application/queries/find-request.js';
import type { RequestView } from '../../../src/application/views/request-view.js';
import type { Caller } from '../../../src/domain/access/actor.js';
import { addMilliseconds } from '../../../src/domain/instants.js';
import { PublicSuffixDomains } from '../../../src/adapters/dns/domain-lists.js';
import { CheckWorld } from '../../../src/domain/ports/check-world.js';
import { RegistrableDomains } from '../../../src/domain/ports/registrable-domains.js';
import { ComputeControlPlane } from '../../../src/domain/ports/compute-control-plane.js';
import { Nonces } from '../../../src/domain/ports/nonces.js';
import { RandomNonces } from '../../../src/adapters/system/random-nonces.js';
import { Clock } from '../../../src/domain/ports/clock.js';
import { MachineSearch } from '../../../src/domain/ports/machine-search.js';
import { FakeMachineSearch } from '../../support/fake-machine-search.js';
import { Engineers } from '../../../src/domain/ports/engineers.js';
import { Ids } from '../../../src/domain/ports/ids.js';
import { Settings } from '../../../src/domain/ports/settings.js';
import { UnitOfWork } from '../../../src/domain/ports/unit-of-work.js';
import { RefusedError } from '../../../src/domain/refusals.js';
import type { SubscriptionFacts } from '../../../src/domain/subscription/subscription.js';
import { PreviewRestarts } from '../../../src/application/preview-restarts.js';
import { FakeCloud } from '../../support/fake-cloud.js';
import { NoScenes } from '../../support/no-scenes.js';
import { createTestDatabase } from '../../support/postgres-database.js';
import { signReceipt } from '../../support/receipts.js';
import { HeardEngineers } from './heard-engineers.js';
import { by, customer, customerTenant, operator, partnerTenant, platformTenant } from './people.js';
import { QuietWorld } from './quiet-world.js';

class TestClock extends Clock {
  private at = '2026-03-01T12:00:00.000Z';
  override now(): string {
    return this.at;
  }
  to(instant: string): void {
    this.at = instant;
  }
  pass(days: number): void {
    this.passMs(days * 86_400_000);
  }
  passMs(milliseconds: number): void {
    this.at = addMilliseconds(this.at, milliseconds);
  }
}

/** The settings of a world, as the verbs get them. */
export const settingsFor = (defaultPack: string): { readonly [name in keyof Settings]: Settings[name] } => ({
  defaultPack,
  platformTenantId: platformTenant,
  checkRoundTimeoutMs: 600_000,
  informationPatienceMs: 14 * 86_400_000,
  claimMs: 1_800_000,
  operationDeadlineMs: 1_200_000,
  relationshipsFreshForMs: 2_592_000_000,
  reviewWithinMs: 172_800_000,
  orderSeenMs: 60_000,
  shortestWindowMs: 5_000,
  goneConfirmMs: 60_000,
  logLateMs: 1_200_000,
  clockMarginMs: 300_000,
  controlProofWaitMs: 3 * 86_400_000,
  controlProofMs: 30 * 86_400_000,
  operatorMaxUnavailable: '25%',
  observeEveryMs: 15_000,
  watchEveryMs: 300_000,
  watchLooksAMinute: 300,
  activityLogEveryMs: 60_000,
  remindAfterMs: [86_400_000, 3 * 86_400_000, 7 * 86_400_000],
  remindEveryMs: 7 * 86_400_000,
  engineersAreMailed: true,
  filingsADayOfSubscription: 0,
  filingsADayOfTenant: 0,
  mailsADayOfAddress: 6,
  mailsADayOfSubscription: 4,
});

const payAsYouGo = {
  quotaId: 'PayAsYouGo_2014-09-01',
  offerId: '0003P',
  agreementType: null,
  accountType: null,
};
export const csp = { quotaId: 'CSP_2015-05-01', offerId: null, agreementType: null, accountType: null };
export const freeTrial = { ...csp, quotaId: 'FreeTrial_2014-09-01' };
export const unheardOf = { ...csp, quotaId: 'Internal_2014-09-01' };

/** The verbs on a database of the test's own; everything outside of it is quiet. */
export async function createVerbWorld(
  defaultPack = 'P3',
  outsidePorts: readonly (readonly [unknown, unknown])[] = [],
) {
  const database = await createTestDatabase();
  const dataSource = createDataSource({ url: database.appUrl, poolSize: 8, name: 'verbs' });
  await dataSource.initialize();
  const clock = new TestClock();
  const wake = new LocalWake();
  const contactHash = (email: string) => `hash of ${email}`;
  const unitOfWork = new PostgresUnitOfWork(
    dataSource,
    {
      clock,
      contactHash,
      mailsAreSent: false,
      relationshipsFreshForMs: 2_592_000_000,
      signReceipt,
    },
    wake,
  );
  const ledger = new PostgresEffectLedger(dataSource, wake);
  const outside = new QuietWorld(new PostgresRequestHistory(dataSource, contactHash));
  outside.cloudTenantId = customerTenant;
  const cloud = new FakeCloud();
  const ports = new Map<unknown, unknown>([
    [UnitOfWork, unitOfWork],
    [Clock, clock],
    [Ids, { next: () => randomUUID() }],
    [Settings, settingsFor(defaultPack)],
    [CheckWorld, outside],
    [ComputeControlPlane, cloud],
    [RegistrableDomains, new PublicSuffixDomains()],
    [Nonces, new RandomNonces()],
    [Engineers, new HeardEngineers()],
    [MachineSearch, new FakeMachineSearch()],
    ...outsidePorts,
    [PreviewRestarts, new PreviewRestarts(new NoScenes(), clock)],
  ]);
  /** A verb with its ports, as the application's container would make it. */
  const verb = <T>(type: new (...ports: never[]) => T): T => {
    const wanted = Reflect.getMetadata('design:paramtypes', type) as readonly unknown[];
    return new type(...(wanted.map((port) => ports.get(port) ?? verb(port as typeof type)) as never[]));
  };
  const world = { clock, unitOfWork, ledger, outside, cloud, verb, dataSource };
  await registerTenants(world);
  const close = async () => {
    await dataSource.destroy();
    await database.drop();
  };
  return { ...world, ports, close, ownerUrl: database.ownerUrl, ...actsIn(world) };
}

export type VerbWorld = Awaited<ReturnType<typeof createVerbWorld>>;
interface Ports {
  readonly clock: TestClock;
  readonly ledger: PostgresEffectLedger;
  readonly verb: <T>(type: new (...ports: never[]) => T) => T;
}

async function registerTenants({ verb }: Pick<Ports, 'verb'>): Promise<void> {
  const tenants = verb(RegisterTenant);
  await tenants.run(by(operator), { tenantId: customerTenant, kind: 'customer', name: 'Contoso' });
  await tenants.run(by(operator), { tenantId: partnerTenant, kind: 'partner', name: 'Fabrikam' });
}

/** What tests do in passing, as phrases. */
function actsIn({ clock, ledger, verb }: Ports) {
  const register = async (differs: Partial<SubscriptionFacts> = {}): Promise<SubscriptionFacts> => {
    const facts: SubscriptionFacts = {
      subscriptionId: randomUUID(),
      tenantId: customerTenant,
      displayName: 'production',
      offer: payAsYouGo,
      createdAt: '2024-01-01T00:00:00.000Z',
      state: 'Enabled',
      spendingLimit: 'Off',
      partnerTenantId: null,
      billing: { paidInvoicesUsd: 5_000, firstInvoicePaidAt: '2024-03-01T00:00:00.000Z', pastDue: false },
      ...differs,
    };
    await verb(RegisterSubscription).run(by(operator), facts);
    return facts;
  };
  const submit = (
    actor: Caller,
    { subscriptionId }: Pick<SubscriptionFacts, 'subscriptionId'>,
    differs: Partial<SubmitRequestCommand> = {},
  ): Promise<RequestView> => verb(SubmitRequest).run(by(actor), { ...aRequest, subscriptionId, ...differs });
  const relate = (status: string) =>
    verb(RegisterRelationship).run(by(operator), {
      partnerTenantId: partnerTenant,
      customerTenantId: customerTenant,
      status,
      validFrom: '2025-01-01T00:00:00.000Z',
      validTo: null,
      kind: 'reseller',
    });
  /** Carries out what is queued of the checks, side by side, as workers do. */
  const runChecks = async (atMost = 100): Promise<void> => {
    const claimed = await ledger.claimDue(500, clock.now());
    const checks = claimed.filter(({ type }) => type === 'run-fraud-check').slice(0, atMost);
    await Promise.all(
      checks.map(async ({ id, epoch }) => {
        const taken = await ledger.takeLease(id, epoch, 60_000);
        if (taken?.effect.effect.type !== 'run-fraud-check') return;
        await verb(RunFraudCheck).run(taken.effect.effect, taken.lease);
      }),
    );
  };
  const find = (actor: Caller, id: string) => verb(FindRequest).run(by(actor), id);
  /** A request that was filed by the customer, and whose checks have ended. */
  const reviewed = async (
    facts: SubscriptionFacts,
    differs: Partial<SubmitRequestCommand> = {},
  ): Promise<RequestView> => {
    const { id } = await submit(customer, facts, differs);
    await runChecks();
    return find(customer, id);
  };
  const approve = (
    actor: Caller,
    request: Pick<RequestView, 'id' | 'version'>,
    differs: Partial<ApproveRequestCommand> = {},
  ) =>
    verb(ApproveRequest).run(by(actor, request.version), {
      requestId: request.id,
      reason: 'a mail host of long standing',
      expiresOn: null,
      conditions: null,
      acceptedUnknowns: [],
      replacesFirstTerms: null,
      ...differs,
    });
  return { register, submit, relate, runChecks, find, reviewed, approve };
}

export const aRequest: Omit<SubmitRequestCommand, 'subscriptionId'> = {
  classification: 'technical/virtual-network/connectivity/cannot-send-email',
  justification: 'Receipts have to reach banks that refuse every relay that we know of.',
  relayCannotBeUsed: true,
  sending: {
    kinds: ['transactional'],
    domains: ['mail.example.com'],
    dailyVolume: 4_000,
    heloName: 'mx1.example.com',
    publicAddresses: ['203.0.113.7'],
    dkimSelectors: [],
    optIn: null,
    bounceHandling: null,
    abuseContact: 'abuse@example.com',
  },
  contact: { name: 'Ada Example', email: 'ops@example.com', language: 'en' },
  onBehalfOf: null,
  restart: null,
};

/** How something was refused: its kind and all codes; fails where it was not. */
export async function refusalOf(attempt: Promise<unknown>): Promise<readonly string[]> {
  const [outcome] = await Promise.allSettled([attempt]);
  if (outcome.status === 'fulfilled') throw new Error('it was not refused');
  if (!(outcome.reason instanceof RefusedError)) throw outcome.reason;
  return [outcome.reason.kind, ...outcome.reason.refusals.map(({ code }) => code)];
}
