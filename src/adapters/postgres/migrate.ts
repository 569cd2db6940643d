import { DataSource } from 'typeorm';
import type pg from 'pg';
import { CreateRole1764000000001 } from '../../../migrations/1764000000001-CreateRole.js';
import { CreateRegistry1764000000002 } from '../../../migrations/1764000000002-CreateRegistry.js';
import { CreateAggregates1764000000003 } from '../../../migrations/1764000000003-CreateAggregates.js';
import { CreateRecords1764000000004 } from '../../../migrations/1764000000004-CreateRecords.js';
import { CreateOutbox1764000000005 } from '../../../migrations/1764000000005-CreateOutbox.js';
import { CreateQueueBackend1764000000006 } from '../../../migrations/1764000000006-CreateQueueBackend.js';
import { WidenFences1764000000007 } from '../../../migrations/1764000000007-WidenFences.js';
import { CreateAuditTree1764000000009 } from '../../../migrations/1764000000009-CreateAuditTree.js';
import { KeepPeopleErasable1764000000010 } from '../../../migrations/1764000000010-KeepPeopleErasable.js';
import { CreateRateCounters1764000000011 } from '../../../migrations/1764000000011-CreateRateCounters.js';
import { CreateControlProofs1764000000012 } from '../../../migrations/1764000000012-CreateControlProofs.js';
import { GuardTenants1764000000013 } from '../../../migrations/1764000000013-GuardTenants.js';
import { CreateCallBuckets1764000000014 } from '../../../migrations/1764000000014-CreateCallBuckets.js';
import { KeepLoggedEvidence1764000000015 } from '../../../migrations/1764000000015-KeepLoggedEvidence.js';
import { KeepPlaces1764000000016 } from '../../../migrations/1764000000016-KeepPlaces.js';
import { KeepPreviews1764000000017 } from '../../../migrations/1764000000017-KeepPreviews.js';
import { KeepWhatOwnersWereTold1764000000018 } from '../../../migrations/1764000000018-KeepWhatOwnersWereTold.js';
import { KeepPlannedLooks1764000000019 } from '../../../migrations/1764000000019-KeepPlannedLooks.js';
import { KeepWhenNoHostWasSeen1764000000020 } from '../../../migrations/1764000000020-KeepWhenNoHostWasSeen.js';
import { UndoLateStops1764000000021 } from '../../../migrations/1764000000021-UndoLateStops.js';
import { ReviewAddresses1764000000022 } from '../../../migrations/1764000000022-ReviewAddresses.js';
import { CallEngineers1764000000023 } from '../../../migrations/1764000000023-CallEngineers.js';
import { FindRestartsInTrouble1764000000024 } from '../../../migrations/1764000000024-FindRestartsInTrouble.js';
import { KeepWhenOpenMachinesWereSeen1764000000025 } from '../../../migrations/1764000000025-KeepWhenOpenMachinesWereSeen.js';
import { FindOwedStarts1764000000026 } from '../../../migrations/1764000000026-FindOwedStarts.js';
import { KeepSinceWhenStopped1764000000027 } from '../../../migrations/1764000000027-KeepSinceWhenStopped.js';
import { CompareClocks1764000000043 } from '../../../migrations/1764000000043-CompareClocks.js';
import { FindHalters1764000000028 } from '../../../migrations/1764000000028-FindHalters.js';
import { FollowTransfers1764000000033 } from '../../../migrations/1764000000033-FollowTransfers.js';
import { EraseFirstReinstaters1764000000034 } from '../../../migrations/1764000000034-EraseFirstReinstaters.js';
import { WatchEndedGates1764000000035 } from '../../../migrations/1764000000035-WatchEndedGates.js';
import { KeepAbsentMachines1764000000030 } from '../../../migrations/1764000000030-KeepAbsentMachines.js';
import { KeepConditionsOfBothApprovals1764000000037 } from '../../../migrations/1764000000037-KeepConditionsOfBothApprovals.js';
import { ShareEffects1764000000038 } from '../../../migrations/1764000000038-ShareEffects.js';
import { KeepWhoRegisteredFacts1764000000039 } from '../../../migrations/1764000000039-KeepWhoRegisteredFacts.js';
import { CountFilings1764000000040 } from '../../../migrations/1764000000040-CountFilings.js';
import { clientOf, connectionTo } from './connections.js';
import { HeardClient } from './heard-client.js';
import { KeepOneWordAMachine1764000000049 } from '../../../migrations/1764000000049-KeepOneWordAMachine.js';
import { CountMails1764000000050 } from '../../../migrations/1764000000050-CountMails.js';

/** THE list of migrations, oldest first; append-only. */
export const migrations = [
  CreateRole1764000000001,
  CreateRegistry1764000000002,
  CreateAggregates1764000000003,
  CreateRecords1764000000004,
  CreateOutbox1764000000005,
  CreateQueueBackend1764000000006,
  WidenFences1764000000007,
  CreateAuditTree1764000000009,
  KeepPeopleErasable1764000000010,
  CreateRateCounters1764000000011,
  CreateControlProofs1764000000012,
  GuardTenants1764000000013,
  CreateCallBuckets1764000000014,
  KeepLoggedEvidence1764000000015,
  KeepPlaces1764000000016,
  KeepPreviews1764000000017,
  KeepWhatOwnersWereTold1764000000018,
  KeepPlannedLooks1764000000019,
  KeepWhenNoHostWasSeen1764000000020,
  UndoLateStops1764000000021,
  ReviewAddresses1764000000022,
  CallEngineers1764000000023,
  FindRestartsInTrouble1764000000024,
  KeepWhenOpenMachinesWereSeen1764000000025,
  FindOwedStarts1764000000026,
  KeepSinceWhenStopped1764000000027,
  FindHalters1764000000028,
  KeepAbsentMachines1764000000030,
  FollowTransfers1764000000033,
  EraseFirstReinstaters1764000000034,
  WatchEndedGates1764000000035,
  KeepConditionsOfBothApprovals1764000000037,
  ShareEffects1764000000038,
  KeepWhoRegisteredFacts1764000000039,
  CountFilings1764000000040,
  CompareClocks1764000000043,
  KeepOneWordAMachine1764000000049,
  CountMails1764000000050,
];

/** Any number: it names the lock that keeps two migrating processes of one database apart. */
const lockKey = 7_310_025;

/** Brings a database to head as its owner. Two at once are fine: the second waits, and finds nothing to do. */
export async function runMigrations(ownerUrl: string): Promise<void> {
  const guard = clientOf(ownerUrl, 'postern-migrations');
  await guard.connect();
  const { connectionString, options } = connectionTo(ownerUrl, { name: 'postern-migrations' });
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [lockKey]);
    const dataSource = new DataSource({
      type: 'postgres',
      url: connectionString,
      applicationName: 'postern-migrations',
      extra: { options, Client: HeardClient },
      migrations,
      migrationsTableName: 'schema_migrations',
      migrationsTransactionMode: 'each',
      logging: false,
    });
    await dataSource.initialize();
    try {
      await dataSource.runMigrations();
    } finally {
      await dataSource.destroy();
    }
    await ensureAuditMonths(guard);
  } finally {
    await guard.end();
  }
}

/** Two years: a deployment migrates more often than that, and what has no month of its own goes to the rest. */
const monthsAhead = 24;

/** The months of the audit to come, as tables of their own, so that a month can be retired by dropping its table. */
async function ensureAuditMonths(owner: pg.Client): Promise<void> {
  await owner.query(
    `SELECT ensure_audit_partition((date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead))::date)
     FROM generate_series(0, $1::integer) AS ahead`,
    [monthsAhead],
  );
}
