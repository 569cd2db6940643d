import { Module, type DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AdaptersModule } from './adapters/adapters.module.js';
import { StoreReadiness } from './adapters/postgres/store-readiness.js';
import { ApplicationModule } from './application/application.module.js';
import type { Configuration } from './config/configuration.js';
import { ClockWatch } from './domain/ports/clock-watch.js';
import { Readiness } from './domain/ports/readiness.js';
import { JobRegistry, LookingVerbs, PowerVerbs, TellingVerbs } from './jobs/job-registry.js';
import { Afterwork, JobRunner } from './jobs/job-runner.js';

const readiness = {
  provide: Readiness,
  inject: [DataSource, ClockWatch],
  useFactory: (dataSource: DataSource, clocks: ClockWatch) => new StoreReadiness(dataSource, clocks),
};

/** The composition root of the worker: adapters, verbs, and the ring that carries effects out. */
@Module({})
export class WorkerModule {
  static with(configuration: Configuration): DynamicModule {
    return {
      module: WorkerModule,
      imports: [AdaptersModule.forProcess(configuration, 'worker'), ApplicationModule],
      providers: [readiness, LookingVerbs, PowerVerbs, TellingVerbs, JobRegistry, Afterwork, JobRunner],
      exports: [JobRunner],
    };
  }
}
