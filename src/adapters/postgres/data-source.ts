import { DataSource, type DataSourceOptions } from 'typeorm';
import { connectionTo } from './connections.js';
import { GatheringSocket } from './gathering-socket.js';
import { HeardClient } from './heard-client.js';
import * as aggregates from './aggregate.tables.js';
import * as partners from './partner.tables.js';
import * as records from './record.tables.js';
import * as words from './word.tables.js';
import { SnakeNaming } from './snake-naming.js';

/** THE list of tables that are read and written as entities. */
export const tables = [
  ...Object.values(aggregates),
  ...Object.values(records),
  ...Object.values(words),
  ...Object.values(partners),
];

export interface ConnectionSettings {
  readonly url: string;
  readonly poolSize: number;
  readonly name: string;
}

/** How the API and the worker connect: pooled, with bounded waits, and never changing the schema. */
export function dataSourceOptions({ url, poolSize, name }: ConnectionSettings): DataSourceOptions {
  // A statement may take 15 s and a transaction may idle 30 s: what takes longer is stuck, and would hold a lease.
  const limits = { statementMs: 15_000, lockMs: 5_000, idleInTransactionMs: 30_000 };
  const { connectionString, options } = connectionTo(url, { name, ...limits });
  return {
    type: 'postgres',
    url: connectionString,
    entities: tables,
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    logging: false,
    poolSize,
    applicationName: name,
    connectTimeoutMS: 5_000,
    extra: {
      // Statements go out while the answers to those before are awaited, together where they can; the server takes them
      // in order.
      pipeline: true,
      stream: () => new GatheringSocket(),
      options,
      Client: HeardClient,
      connectionTimeoutMillis: 5_000,
    },
  };
}

export function createDataSource(settings: ConnectionSettings): DataSource {
  return new DataSource(dataSourceOptions(settings));
}
