import { Module, type DynamicModule } from '@nestjs/common';
import { AdaptersModule } from './adapters/adapters.module.js';
import { ApplicationModule } from './application/application.module.js';
import type { Configuration } from './config/configuration.js';
import { JobRegistry } from './jobs/job-registry.js';
import { Afterwork, JobRunner } from './jobs/job-runner.js';

/** The composition root of the worker: adapters, verbs, and the ring that carries effects out. */
@Module({})
export class WorkerModule {
  static with(configuration: Configuration): DynamicModule {
    return {
      module: WorkerModule,
      imports: [AdaptersModule.forProcess(configuration, 'worker'), ApplicationModule],
      providers: [JobRegistry, Afterwork, JobRunner],
      exports: [JobRunner],
    };
  }
}
