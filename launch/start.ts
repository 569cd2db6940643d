import { cloudSide } from './demo/cloud-side.js';
import { callsTo } from './demo/desk.js';
import { exemptionDesk } from './demo/exemption-desk.js';
import { startInstallation, type Installation } from './installation.js';
import { personaTokens } from './persona-tokens.js';
import { seed } from './seed.js';
import { endOnUncaught, fail, runUntilSignal, stopOnSignal } from './stop-on-signal.js';

// `npm start`: everything on this machine, until stopped.

const env = process.env;
const isFurnished = env['POSTERN_SEED'] !== 'none';

function portFrom(name: string): number | undefined {
  const text = env[name];
  if (!text) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${name} is not a port: ${text}`);
  return port === 0 ? undefined : port;
}

function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Value>);
}

function begin(): Promise<Installation> {
  return startInstallation({
    dataDir: env['POSTERN_DATA_DIR'] ?? '.postern',
    // 0 asks for a free port; not given means the port that the documentation names.
    ...optional('port', env['PORT'] ? portFrom('PORT') : 3000),
    ...optional('emulatorPort', env['EMULATOR_PORT'] ? portFrom('EMULATOR_PORT') : 3001),
    ...optional('emulatorTlsPort', portFrom('EMULATOR_TLS_PORT')),
    ...optional('emulatorDnsPort', portFrom('EMULATOR_DNS_PORT')),
    ...optional('databaseUrl', env['DATABASE_URL'] || undefined),
    registersPersonas: isFurnished,
  });
}

/** Something to look at: tenants, subscriptions, machines and requests, made through the API as anybody would. */
async function furnish({ apiUrl, emulatorUrl, dataDir }: Installation): Promise<void> {
  const tokens = await personaTokens(dataDir);
  await seed(exemptionDesk(callsTo(apiUrl), tokens, null), cloudSide(callsTo(emulatorUrl)));
}

function tell({ apiUrl, workerUrl, emulatorUrl, dataDir }: Installation): void {
  console.log(`postern: API       ${apiUrl}  (documentation at /docs, OpenAPI at /openapi.json)`);
  console.log(`postern: worker    ${workerUrl}`);
  console.log(`postern: emulator  ${emulatorUrl}`);
  console.log(`postern: data in ${dataDir}; a token: npm run --silent token -- reviewer`);
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function main(): Promise<void> {
  let isStopping = false;
  endOnUncaught('start');
  runUntilSignal();
  const installation = await begin();
  stopOnSignal(async () => {
    isStopping = true;
    console.log('postern: stopping');
  });
  tell(installation);
  if (isFurnished)
    furnish(installation).then(
      () => console.log('postern: tenants, subscriptions and requests to look at are there'),
      (error: unknown) => {
        // Nothing depends on it: whoever started this can register their own.
        if (!isStopping) console.error(`postern: seeding failed: ${messageOf(error)}`);
      },
    );
  throw await installation.lost;
}

main().catch((error: unknown) => fail(`postern: ${messageOf(error)}`));
