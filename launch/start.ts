import { cloudSide } from './demo/cloud-side.js';
import { callsTo } from './demo/desk.js';
import { exemptionDesk } from './demo/exemption-desk.js';
import { developmentToken, type Persona } from './development-token.js';
import { startInstallation, type Installation } from './installation.js';
import { seed } from './seed.js';

// `npm start`: everything on this machine, until stopped.

const env = process.env;

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
  });
}

/** Something to look at: tenants, subscriptions, machines and requests, made through the API as anybody would. */
async function furnish({ apiUrl, emulatorUrl, dataDir }: Installation): Promise<void> {
  const token = (persona: Persona) => developmentToken(persona, { dataDir });
  const tokens = {
    customer: await token('customer'),
    partner: await token('partner'),
    reviewer: await token('reviewer'),
    approver: await token('approver'),
    analyst: await token('analyst'),
    operator: await token('operator'),
    ingest: await token('ingest'),
  };
  await seed(exemptionDesk(callsTo(apiUrl), tokens, null), cloudSide(callsTo(emulatorUrl)));
}

const starting = begin();
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    console.log('postern: stopping');
    // A start that failed has cleaned up after itself, and says why below.
    void starting.then(
      (installation) => installation.stop(),
      () => undefined,
    );
  });
}

const installation = await starting;
console.log(`postern: API       ${installation.apiUrl}  (documentation at /docs, OpenAPI at /openapi.json)`);
console.log(`postern: worker    ${installation.workerUrl}`);
console.log(`postern: emulator  ${installation.emulatorUrl}`);
console.log(`postern: data in ${installation.dataDir}; a token: npm run --silent token -- reviewer`);
if (env['POSTERN_SEED'] !== 'none') {
  furnish(installation).then(
    () => console.log('postern: tenants, subscriptions and requests to look at are there'),
    (error: unknown) => {
      // Nothing depends on it: whoever started this can register their own.
      if (!isStopping)
        console.error(`postern: seeding failed: ${error instanceof Error ? error.message : String(error)}`);
    },
  );
}
