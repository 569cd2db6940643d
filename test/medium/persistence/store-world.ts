import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { applyEvent } from '../../../src/application/apply-event.js';
import { createDataSource } from '../../../src/adapters/postgres/data-source.js';
import { LocalWake } from '../../../src/adapters/postgres/local-wake.js';
import { PostgresEffectLedger } from '../../../src/adapters/postgres/postgres-effect-ledger.js';
import { PostgresUnitOfWork } from '../../../src/adapters/postgres/postgres-unit-of-work.js';
import { systemActor, type Caller } from '../../../src/domain/access/actor.js';
import type { Effect } from '../../../src/domain/effects.js';
import { defaultRestartPlan } from '../../../src/domain/enforcement/restart-plan.js';
import { addMilliseconds } from '../../../src/domain/instants.js';
import { Clock } from '../../../src/domain/ports/clock.js';
import type { EffectLease, StoredEffect } from '../../../src/domain/ports/effect-store.js';
import type { Frame, Transaction } from '../../../src/domain/ports/unit-of-work.js';
import type { Submitted } from '../../../src/domain/request/request-events.js';
import { requestLifecycle } from '../../../src/domain/request/request.lifecycle.js';
import type { ExemptionRequest } from '../../../src/domain/request/request.js';
import type { SubscriptionFacts } from '../../../src/domain/subscription/subscription.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres-database.js';
import { signReceipt } from '../../support/receipts.js';
import { customer, customerTenant } from '../verbs/people.js';

/** A clock that moves only when a test says so. */
export class StandingClock extends Clock {
  at = '2026-03-01T12:00:00.000Z';
  override now(): string {
    return this.at;
  }
  pass(milliseconds: number): void {
    this.at = addMilliseconds(this.at, milliseconds);
  }
}

interface Row {
  readonly [column: string]: unknown;
}

/** A statement inside a test's transaction, past its stores. */
export function inside(tx: Transaction, sql: string): Promise<readonly Row[]> {
  return (tx as unknown as { readonly sql: { rows(text: string): Promise<readonly Row[]> } }).sql.rows(sql);
}

export const system: Frame = { actor: systemActor('test'), traceId: null };

export const aSubscription = (differs: Partial<SubscriptionFacts> = {}): SubscriptionFacts => ({
  subscriptionId: randomUUID(),
  tenantId: customerTenant,
  displayName: 'production',
  offer: { quotaId: 'PayAsYouGo_2014-09-01', offerId: null, agreementType: null, accountType: null },
  createdAt: '2024-01-01T00:00:00.000Z',
  state: 'Enabled',
  spendingLimit: null,
  partnerTenantId: null,
  billing: { paidInvoicesUsd: 5_000.25, firstInvoicePaidAt: null, pastDue: false },
  ...differs,
});

export const submittedFor = (
  { subscriptionId, tenantId }: Pick<SubscriptionFacts, 'subscriptionId' | 'tenantId'>,
  differs: Partial<Submitted> = {},
): Submitted => ({
  type: 'submitted',
  subscriptionId,
  tenantId,
  classification: 'technical/virtual-network/connectivity/cannot-send-email',
  pack: 'P3',
  relayCannotBeUsed: true,
  dailyVolume: 4_000,
  restartPlan: defaultRestartPlan,
  reviewDueAt: '2026-03-03T12:00:00.000Z',
  round: 1,
  checks: ['young-subscription'],
  dueAt: '2026-03-01T12:10:00.000Z',
  ...differs,
});

export const mail = (requestId: string, sequence = 1): Effect => ({
  type: 'send-notification',
  requestId,
  sequence,
});
export const conductOf = (exemptionId: string): Effect => ({ type: 'conduct-restarts', exemptionId });
export const restartOf = (restartId: string): Effect => ({ type: 'restart-vm', restartId });

interface StoreOptions {
  readonly poolSize?: number;
  readonly mailsAreSent?: boolean;
  /** A migrated database; one of the test's own where none is given. */
  readonly database?: Pick<TestDatabase, 'ownerUrl' | 'appUrl' | 'drop'>;
}

/** The stores on a database of the test's own, as the application's role, under a clock that stands. */
export async function createStoreWorld(options: StoreOptions = {}) {
  const database = options.database ?? (await createTestDatabase());
  const owner = new pg.Pool({ connectionString: database.ownerUrl, max: 2 });
  owner.on('error', () => undefined); // a crash of the server is told through the queries
  const url = database.appUrl;
  const dataSource = createDataSource({ url, poolSize: options.poolSize ?? 8, name: 'persistence' });
  await dataSource.initialize();
  // What stores do is told here by one actor; which role may do what is told by the tests of verbs and of policies.
  await owner.query('GRANT ALL ON ALL TABLES IN SCHEMA public TO postern_worker');
  const clock = new StandingClock();
  const wake = new LocalWake();
  const settings = {
    clock,
    contactHash: (email: string) => `hash of ${email}`,
    mailsAreSent: options.mailsAreSent ?? false,
    signReceipt,
    relationshipsFreshForMs: 2_592_000_000, // 30 days
  };
  const unitOfWork = new PostgresUnitOfWork(dataSource, settings, wake);
  const ledger = new PostgresEffectLedger(dataSource, wake);
  const close = async () => {
    await dataSource.destroy();
    await owner.end();
    await database.drop();
  };
  const asOwner = async <T>(sql: string, parameters: readonly unknown[] = []): Promise<readonly T[]> =>
    (await owner.query(sql, [...parameters])).rows as T[];
  const world = { database, dataSource, clock, wake, unitOfWork, ledger, asOwner, close };
  return { ...world, ...actsIn(world) };
}

export type StoreWorld = Awaited<ReturnType<typeof createStoreWorld>>;
interface Ports {
  readonly clock: StandingClock;
  readonly unitOfWork: PostgresUnitOfWork;
  readonly ledger: PostgresEffectLedger;
}

/** What tests do in passing, as phrases. */
function actsIn({ clock, unitOfWork, ledger }: Ports) {
  const inTransaction = <T>(work: (tx: Transaction) => Promise<T>, frame: Frame = system): Promise<T> =>
    unitOfWork.run(frame, work);
  const registered = async (differs: Partial<SubscriptionFacts> = {}): Promise<SubscriptionFacts> => {
    const facts = aSubscription(differs);
    await inTransaction((tx) => tx.subscriptions.save(facts, clock.now()));
    return facts;
  };
  const submitIn = (tx: Transaction, facts: SubscriptionFacts, actor: Caller = customer) =>
    applyEvent<ExemptionRequest['state'], ExemptionRequest, Submitted>(
      tx,
      requestLifecycle,
      null,
      randomUUID(),
      submittedFor(facts),
      { actor, now: clock.now() },
    );
  const submitted = async (
    facts?: SubscriptionFacts,
    actor: Caller = customer,
  ): Promise<ExemptionRequest> => {
    const of = facts ?? (await registered());
    return inTransaction((tx) => submitIn(tx, of, actor));
  };
  const add = (...effects: readonly Effect[]) => inTransaction((tx) => tx.effects.add(effects));
  const claim = (limit = 100) => ledger.claimDue(limit, clock.now());
  /** Claims what is due and takes the lease of the first of it. */
  const taken = async (leaseMs = 60_000): Promise<{ effect: StoredEffect; lease: EffectLease }> => {
    const [first] = await claim(1);
    const answer = first === undefined ? null : await ledger.takeLease(first.id, first.epoch, leaseMs);
    if (answer === null) throw new Error('there was nothing to take');
    return answer;
  };
  const settled = (lease: EffectLease, dueAt: string | null = null) =>
    inTransaction((tx) => tx.effects.settle(dueAt === null ? { kind: 'done' } : { kind: 'again', dueAt }), {
      ...system,
      lease,
    });
  return { inTransaction, registered, submitIn, submitted, add, claim, taken, settled };
}
