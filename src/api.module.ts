import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AdaptersModule } from './adapters/adapters.module.js';
import { PostgresRateCounters } from './adapters/postgres/postgres-rate-counters.js';
import { PostgresTimelineFeed } from './adapters/postgres/postgres-timeline-feed.js';
import { StoreReadiness } from './adapters/postgres/store-readiness.js';
import { RedisRateCounters } from './adapters/redis/redis-rate-counters.js';
import { DeploymentSecret } from './adapters/system/deployment-secret.js';
import { ApplicationModule } from './application/application.module.js';
import { FindTenant } from './application/queries/find-tenant.js';
import type { Configuration } from './config/configuration.js';
import { RateCounters } from './domain/ports/rate-counters.js';
import { TimelineFeed } from './domain/ports/timeline-feed.js';
import { Gatekeeper } from './http/access/gatekeeper.js';
import { scopeProbe } from './http/access/scope-probe.js';
import { RegisteredTenants } from './http/access/registered-tenants.js';
import { SigningKeys } from './http/access/signing-keys.js';
import { RateLimits } from './http/access/rate-limits.js';
import { RefusedSignIns } from './http/access/refused-sign-ins.js';
import { TokenVerifier } from './http/access/token-verifier.js';
import { ApiLog } from './http/api-log.js';
import { AuditTrail } from './http/audit-trail.js';
import { ApiMetrics } from './http/api-metrics.js';
import { controllers } from './http/controllers.js';
import { Cursors } from './http/cursor.js';
import { EventStreams } from './http/event-streams.js';
import { StreamLimits } from './http/stream-limits.js';
import { ProblemFilter } from './http/problems/problem.filter.js';
import { ClockWatch } from './domain/ports/clock-watch.js';
import { Readiness } from './domain/ports/readiness.js';
import { SendRendered } from './http/rendered.js';

const storeFigures: readonly Provider[] = [
  {
    provide: TimelineFeed,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new PostgresTimelineFeed(dataSource),
  },
  {
    provide: Readiness,
    inject: [DataSource, ClockWatch],
    useFactory: (dataSource: DataSource, clocks: ClockWatch) => new StoreReadiness(dataSource, clocks),
  },
];

function configured({ tokens, isProduction, dataDir, logLevel }: Configuration): readonly Provider[] {
  const developmentDir = isProduction ? null : dataDir;
  const times = { cooldownMs: tokens.keysCooldownMs };
  const keys = new SigningKeys({ keysTemplate: tokens.keysTemplate, developmentDir, times });
  return [
    { provide: ApiLog, useFactory: () => new ApiLog(logLevel) },
    {
      provide: TokenVerifier,
      inject: [FindTenant],
      useFactory: (tenants: FindTenant) =>
        new TokenVerifier(new RegisteredTenants(tenants, tokens.platformTenantId), keys, tokens),
    },
    {
      provide: Cursors,
      inject: [DeploymentSecret],
      useFactory: (secret: DeploymentSecret) => new Cursors(secret.keyFor('cursors')),
    },
  ];
}

/** What callers may use, and how it is counted: together in Redis where there is one, else in the database. */
function limited({ limits, queue: { redisUrl, prefix } }: Configuration): readonly Provider[] {
  return [
    {
      provide: RateCounters,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) =>
        redisUrl === null ? new PostgresRateCounters(dataSource) : new RedisRateCounters(redisUrl, prefix),
    },
    {
      provide: RateLimits,
      inject: [RateCounters, DeploymentSecret, ApiLog, ApiMetrics],
      useFactory: (counters: RateCounters, secret: DeploymentSecret, log: ApiLog, metrics: ApiMetrics) =>
        new RateLimits({ ...limits, secret: secret.keyFor('rate-limits') }, counters, log, metrics),
    },
    { provide: RefusedSignIns, useFactory: () => new RefusedSignIns(limits.refusedSignIns) },
    { provide: StreamLimits, useFactory: () => new StreamLimits(limits) },
  ];
}

const ring = [
  ApiMetrics,
  AuditTrail,
  Gatekeeper,
  scopeProbe,
  EventStreams,
  ProblemFilter,
  SendRendered,
] as const;

/** The composition root of the API: adapters, verbs, and the ring by which they are reached. */
@Module({})
export class ApiModule {
  static with(configuration: Configuration): DynamicModule {
    return {
      module: ApiModule,
      imports: [AdaptersModule.forProcess(configuration, 'api'), ApplicationModule],
      controllers: [...controllers],
      providers: [...storeFigures, ...configured(configuration), ...limited(configuration), ...ring],
    };
  }
}
