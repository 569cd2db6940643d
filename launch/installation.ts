import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { prepareDatabase } from './database.js';
import { developmentKey } from './development-key.js';
import { tenants } from './development-token.js';
import { freePorts, refuseTakenPorts } from './free-port.js';
import { keepDatabase, type KeptDatabase } from './kept-database.js';
import { claim, disclaim } from './postgres-orphan.js';
import { stopOnSignal } from './stop-on-signal.js';
import { clientOf } from '../src/adapters/postgres/connections.js';
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
  /** Registers the personas' tenants before the API can be ready, unless they are there. */
  readonly registersPersonas?: boolean;
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
  /** Resolves when a part died and could not be kept running, with the reason. */
  readonly lost: Promise<Error>;
  /** Drains and stops everything it started, the database last. A signal does so too. */
  stop(): Promise<void>;
}

const compiled = path.resolve(import.meta.dirname, '..');
const scripts = {
  emulator: path.join(compiled, 'emulator', 'main.js'),
  api: path.join(compiled, 'src', 'main.js'),
  worker: path.join(compiled, 'src', 'worker.js'),
};
const registration = path.join(compiled, 'launch', 'register-personas.js');
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
  onLost: (error: Error) => void,
): Promise<KeptDatabase> {
  if (options.databaseUrl) return { ownerUrl: options.databaseUrl, stop: () => Promise.resolve() };
  const dataDir = path.join(options.dataDir, 'postgres');
  return keepDatabase({ dataDir, durable: options.durable ?? true }, onLost);
}

async function arePersonasRegistered(ownerUrl: string): Promise<boolean> {
  const client = clientOf(ownerUrl, 'postern-launch');
  await client.connect();
  try {
    await client.query(`BEGIN READ ONLY; SET LOCAL app.unscoped = 'on'`);
    const { rowCount } = await client.query(
      'SELECT FROM partner_relationships WHERE partner_tenant_id = $1 AND customer_tenant_id = $2',
      [tenants.partner, tenants.customer],
    );
    return rowCount === 1;
  } finally {
    await client.end();
  }
}

/** What was begun, to be ended in reverse, also where a signal comes in the middle of the beginning. */
type Begun = (() => Promise<void>)[];

/** In a process of its own: the launcher shall not carry the whole API in its memory. */
async function registerPersonas(env: Readonly<Record<string, string>>, begun: Begun): Promise<void> {
  const child = spawn(process.execPath, [registration], {
    env: { ...process.env, ...env, LOG_LEVEL: 'silent' },
    stdio: ['ignore', 2, 2],
  });
  const ended = once(child, 'exit');
  begun.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
  if (code !== 0) throw new Error(`registering the personas' tenants ended with ${signal ?? String(code)}`);
}

function chosenPorts(options: InstallationOptions) {
  return [
    { setting: 'PORT', port: options.port },
    { setting: 'EMULATOR_PORT', port: options.emulatorPort },
    { setting: 'EMULATOR_TLS_PORT', port: options.emulatorTlsPort },
    { setting: 'EMULATOR_DNS_PORT', port: options.emulatorDnsPort, isUdpToo: true },
  ];
}

/** Starts database, emulator, API and worker, and resolves when all of them are ready. */
export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const begun: Begun = [];
  const stop = stopOnSignal(async () => {
    for (const end of begun.toReversed()) await end();
  });
  try {
    return await begin(options, begun, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function begin(
  options: InstallationOptions,
  begun: Begun,
  stop: () => Promise<void>,
): Promise<Installation> {
  const own = path.resolve(options.dataDir, 'processes');
  mkdirSync(path.dirname(own), { recursive: true });
  claim(own);
  begun.push(async () => disclaim(own));
  await refuseTakenPorts(chosenPorts(options));
  const { promise: lost, resolve: onLost } = withResolvers<Error>();
  const supervisor = new Supervisor(`${own}.json`, onLost);
  await supervisor.stopOrphans([...Object.values(scripts), registration]);
  await developmentKey(options.dataDir);
  const opening = openDatabase(options, onLost);
  begun.push(async () => (await opening.catch(() => null))?.stop());
  const { ownerUrl } = await opening;
  keepWayIn(options.dataDir, ownerUrl, begun);
  const { appUrl } = await prepareDatabase(ownerUrl);
  const ports = await choosePorts(options);
  const env = productEnv(options, ports, appUrl);
  if (options.registersPersonas === true && !(await arePersonasRegistered(ownerUrl)))
    await registerPersonas(env, begun);
  begun.push(() => supervisor.stop());
  for (const plan of [emulatorPlan(ports), ...productPlans(env, ports)]) await supervisor.start(plan);
  const urls = {
    apiUrl: local(ports.api),
    workerUrl: local(ports.worker),
    emulatorUrl: local(ports.emulator),
  };
  return { ...urls, dataDir: options.dataDir, ownerUrl, lost, stop };
}

/** For `npm run verify` beside a running installation: the owner's way in, readable by its owner only. */
function keepWayIn(dataDir: string, ownerUrl: string, begun: Begun): void {
  const file = path.join(dataDir, 'postgres.url');
  writeFileSync(file, ownerUrl, { mode: 0o600 });
  begun.push(async () => rmSync(file, { force: true }));
}

function withResolvers<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((given) => (resolve = given));
  return { promise, resolve };
}
