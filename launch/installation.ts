import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { prepareDatabase } from './database.js';
import { developmentKey } from './development-key.js';
import { startPostgres } from './embedded-postgres.js';
import { freePorts } from './free-port.js';
import { claim, disclaim, otherLauncher } from './postgres-orphan.js';
import { Supervisor, type ChildPlan } from './supervisor.js';

/** What to start on one machine for development, demo and tests; ports not given are taken at random. */
export interface InstallationOptions {
  /** Where data, key and processes.json lie. */
  readonly dataDir: string;
  readonly port?: number;
  readonly emulatorPort?: number;
  readonly emulatorTlsPort?: number;
  readonly emulatorDnsPort?: number;
  /** The owner's URL of a database; an embedded one is started when not given. */
  readonly databaseUrl?: string;
  /** False: the embedded database syncs nothing to disk. */
  readonly durable?: boolean;
  /** Settings for the product's processes beyond the embedded defaults. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running installation. */
export interface Installation {
  readonly apiUrl: string;
  readonly workerUrl: string;
  readonly emulatorUrl: string;
  readonly dataDir: string;
  /** The owner's way to the database: holds a password, never to be printed. */
  readonly ownerUrl: string;
  /** Drains and stops everything it started, the database last. */
  stop(): Promise<void>;
}

const compiled = path.resolve(import.meta.dirname, '..');
const scripts = {
  emulator: path.join(compiled, 'emulator', 'main.js'),
  api: path.join(compiled, 'src', 'main.js'),
  worker: path.join(compiled, 'src', 'worker.js'),
};
const local = (port: number) => `http://127.0.0.1:${port}`;

interface Ports {
  readonly api: number;
  readonly worker: number;
  readonly emulator: number;
  readonly emulatorTls: number;
  readonly emulatorDns: number;
}

/** Chosen before anything starts, so that a child that is started again is found where it was. */
async function choosePorts(options: InstallationOptions): Promise<Ports> {
  const [api, worker, emulator, emulatorTls, emulatorDns] = await freePorts(5);
  return {
    api: options.port ?? api,
    worker,
    emulator: options.emulatorPort ?? emulator,
    emulatorTls: options.emulatorTlsPort ?? emulatorTls,
    emulatorDns: options.emulatorDnsPort ?? emulatorDns,
  };
}

function emulatorPlan(ports: Ports): ChildPlan {
  const env = {
    EMULATOR_PORT: String(ports.emulator),
    EMULATOR_TLS_PORT: String(ports.emulatorTls),
    EMULATOR_DNS_PORT: String(ports.emulatorDns),
  };
  const url = local(ports.emulator);
  return { name: 'emulator', script: scripts.emulator, env, url, readyPath: '/_control/clock' };
}

/**
 * Cloud and product share this machine's clock and have few machines to look at, so that what takes minutes in a
 * deployment (the defaults of src/config) may take a second here. A setting that is given wins.
 */
const quick: Readonly<Record<string, string>> = {
  CLOCK_MARGIN_SECONDS: '0.25',
  OBSERVE_SECONDS: '1',
  ORDER_SEEN_SECONDS: '1',
  SHORTEST_WINDOW_SECONDS: '1',
  GONE_CONFIRM_SECONDS: '5',
  ACTIVITY_LOG_LATE_SECONDS: '5',
  SWEEP_SECONDS: '2',
  RELAY_POLL_MS: '200',
};

function quickUnlessGiven(): Record<string, string> {
  return Object.fromEntries(Object.entries(quick).filter(([name]) => !process.env[name]));
}

/** The settings of the product's processes: the emulated cloud, its gate and its resolver. */
function productEnv(options: InstallationOptions, ports: Ports, appUrl: string): Record<string, string> {
  return {
    ...quickUnlessGiven(),
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: String(ports.api),
    WORKER_PORT: String(ports.worker),
    POSTERN_DATA_DIR: path.resolve(options.dataDir),
    DATABASE_URL: '', // the owner's is for migrations; the product must not have it
    DATABASE_APP_URL: appUrl,
    ARM_ENDPOINT: local(ports.emulator),
    ARM_CREDENTIAL: 'static',
    ARM_TOKEN: process.env['ARM_TOKEN'] || 'emulator',
    GATE_ADAPTER: 'emulator',
    GATE_URL: `${local(ports.emulator)}/_control`,
    DNS_RESOLVER: `127.0.0.1:${ports.emulatorDns}`,
    ...options.env,
  };
}

function productPlans(env: Readonly<Record<string, string>>, ports: Ports): readonly ChildPlan[] {
  const plan = (name: 'api' | 'worker', port: number): ChildPlan => ({
    name,
    script: scripts[name],
    env,
    url: local(port),
    readyPath: '/readyz',
  });
  return [plan('api', ports.api), plan('worker', ports.worker)];
}

async function openDatabase(
  options: InstallationOptions,
): Promise<{ ownerUrl: string; stop(): Promise<void> }> {
  if (options.databaseUrl) return { ownerUrl: options.databaseUrl, stop: () => Promise.resolve() };
  const dataDir = path.join(options.dataDir, 'postgres');
  return startPostgres({ dataDir, durable: options.durable ?? true });
}

/** Starts database, emulator, API and worker, and resolves when all of them are ready. */
export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const own = path.resolve(options.dataDir, 'processes');
  mkdirSync(path.dirname(own), { recursive: true });
  const other = otherLauncher(own);
  if (other !== undefined)
    throw new Error(`Process ${other} already runs on ${options.dataDir}; stop it first`);
  claim(own);
  const supervisor = new Supervisor(`${own}.json`);
  await supervisor.stopOrphans(Object.values(scripts));
  await developmentKey(options.dataDir);
  const database = await openDatabase(options);
  // For `npm run verify` beside a running installation: the owner's way in, readable by its owner only.
  const wayIn = path.join(options.dataDir, 'postgres.url');
  writeFileSync(wayIn, database.ownerUrl, { mode: 0o600 });
  const stop = async () => {
    await supervisor.stop();
    await database.stop();
    rmSync(wayIn, { force: true });
    disclaim(own);
  };
  try {
    const { ownerUrl, appUrl } = await prepareDatabase(database.ownerUrl);
    const ports = await choosePorts(options);
    await supervisor.start(emulatorPlan(ports));
    for (const plan of productPlans(productEnv(options, ports, appUrl), ports)) await supervisor.start(plan);
    const urls = {
      apiUrl: local(ports.api),
      workerUrl: local(ports.worker),
      emulatorUrl: local(ports.emulator),
    };
    return { ...urls, dataDir: options.dataDir, ownerUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
