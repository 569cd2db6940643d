import type { Provider } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIGURATION } from '../config/configuration.token.js';
import type { Configuration } from '../config/configuration.js';
import { Attestor } from '../domain/ports/attestor.js';
import { CallBudget } from '../domain/ports/call-budget.js';
import { Clock } from '../domain/ports/clock.js';
import { ClockWatch } from '../domain/ports/clock-watch.js';
import { EffectLedger } from '../domain/ports/effect-store.js';
import { ExclusiveWork, Housekeeping } from '../domain/ports/exclusive-work.js';
import { RequestHistory } from '../domain/ports/request-history.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { receiptSigner } from './audit/receipt-signer.js';
import { LocalWake } from './postgres/local-wake.js';
import { PostgresClockWatch } from './postgres/postgres-clock-watch.js';
import { PostgresCallBudget } from './postgres/postgres-call-budget.js';
import { PostgresEffectLedger } from './postgres/postgres-effect-ledger.js';
import { PostgresExclusiveWork, PostgresHousekeeping } from './postgres/postgres-housekeeping.js';
import { PostgresRequestHistory } from './postgres/postgres-request-history.js';
import { PostgresUnitOfWork } from './postgres/postgres-unit-of-work.js';
import { DeploymentSecret } from './system/deployment-secret.js';

/** The ports to the store, over the one pool of the process. */
export const storeProviders: readonly Provider[] = [
  LocalWake,
  {
    provide: DeploymentSecret,
    inject: [CONFIGURATION],
    useFactory: ({ secret, dataDir, isProduction }: Configuration) =>
      new DeploymentSecret(secret, isProduction ? null : dataDir),
  },
  {
    provide: UnitOfWork,
    inject: [DataSource, Clock, DeploymentSecret, Attestor, CONFIGURATION, LocalWake],
    useFactory: (
      dataSource: DataSource,
      clock: Clock,
      secret: DeploymentSecret,
      attestor: Attestor,
      { mail, settings, clockToleranceMs }: Configuration,
      wake: LocalWake,
    ) =>
      new PostgresUnitOfWork(
        dataSource,
        {
          clock,
          contactHash: (email) => secret.contactHash(email),
          mailsAreSent: mail !== null,
          signReceipt: receiptSigner(attestor),
          relationshipsFreshForMs: settings.relationshipsFreshForMs,
          clockToleranceMs,
        },
        wake,
      ),
  },
  {
    provide: ClockWatch,
    inject: [DataSource, Clock, CONFIGURATION],
    useFactory: (dataSource: DataSource, clock: Clock, { clockToleranceMs }: Configuration) =>
      new PostgresClockWatch(dataSource, clock, clockToleranceMs),
  },
  {
    provide: CallBudget,
    inject: [DataSource, Clock, CONFIGURATION],
    useFactory: (dataSource: DataSource, clock: Clock, { clockToleranceMs }: Configuration) =>
      new PostgresCallBudget(dataSource, clock, { toleranceMs: clockToleranceMs }),
  },
  {
    provide: EffectLedger,
    inject: [DataSource, LocalWake],
    useFactory: (dataSource: DataSource, wake: LocalWake) => new PostgresEffectLedger(dataSource, wake),
  },
  {
    provide: RequestHistory,
    inject: [DataSource, DeploymentSecret],
    useFactory: (dataSource: DataSource, secret: DeploymentSecret) =>
      new PostgresRequestHistory(dataSource, (email) => secret.contactHash(email)),
  },
  {
    provide: ExclusiveWork,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new PostgresExclusiveWork(dataSource),
  },
  {
    provide: Housekeeping,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new PostgresHousekeeping(dataSource),
  },
];

export const storePorts = [
  UnitOfWork,
  ClockWatch,
  EffectLedger,
  RequestHistory,
  ExclusiveWork,
  Housekeeping,
  DeploymentSecret,
  LocalWake,
] as const;
