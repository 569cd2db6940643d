import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CONFIGURATION } from '../config/configuration.token.js';
import type { Configuration } from '../config/configuration.js';
import { dataSourceOptions } from './postgres/data-source.js';
import { storePorts, storeProviders } from './store.providers.js';
import { worldPorts, worldProviders } from './world.providers.js';

/** Binds every port to its adapter, for both processes. Global, because the application ring knows no adapter. */
@Module({})
export class AdaptersModule {
  /** `name` is how the process shows in the database's list of sessions. */
  static forProcess(configuration: Configuration, name: string): DynamicModule {
    const { appUrl, poolSize } = configuration.database;
    if (appUrl === null)
      throw new Error('DATABASE_APP_URL is needed: the URL of the role postern_app, not the owner’s');
    const options = { url: appUrl, poolSize, name: `postern-${name}` };
    return {
      module: AdaptersModule,
      global: true,
      imports: [
        TypeOrmModule.forRoot({
          ...dataSourceOptions(options),
          retryAttempts: 20,
          retryDelay: 500,
          verboseRetryLog: false,
        }),
      ],
      providers: [{ provide: CONFIGURATION, useValue: configuration }, ...worldProviders, ...storeProviders],
      exports: [CONFIGURATION, TypeOrmModule, ...worldPorts, ...storePorts],
    };
  }
}
