import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { callsTo } from './demo/desk.js';
import { cloudSide } from './demo/cloud-side.js';
import { exemptionDesk, type Persona } from './demo/exemption-desk.js';
import { narrator } from './demo/narrator.js';
import { refusals, revocation } from './demo/endings.js';
import { cspPartner, payAsYouGoCustomer, type Stage } from './demo/stories.js';
import { developmentToken } from './development-token.js';
import { startInstallation, type Installation } from './installation.js';
import { registerTenants, senderDns } from './seed.js';

const people: readonly Persona[] = [
  'customer',
  'partner',
  'reviewer',
  'approver',
  'analyst',
  'operator',
  'ingest',
];

async function stageOf(installation: Installation, story: Stage['story']): Promise<Stage> {
  const tokens = Object.fromEntries(
    await Promise.all(
      people.map(
        async (persona) =>
          [persona, await developmentToken(persona, { dataDir: installation.dataDir })] as const,
      ),
    ),
  ) as Record<Persona, string>;
  const desk = exemptionDesk(callsTo(installation.apiUrl), tokens, story);
  const cloud = cloudSide(callsTo(installation.emulatorUrl));
  await registerTenants(desk);
  await senderDns(cloud);
  return { story, desk, cloud };
}

/** `npm run demo`: three stories and two refusals, each fact checked from outside; exit 0 only if all were true. */
async function main(): Promise<void> {
  const story = narrator();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'postern-demo-'));
  process.stdout.write(
    'Postern, the exemption desk for outbound port 25: the main job, on an emulated cloud.\n',
  );
  const databaseUrl = process.env['DATABASE_URL'];
  const installation = await startInstallation({
    dataDir,
    durable: false,
    env: { LOG_LEVEL: 'silent' },
    ...(databaseUrl === undefined || databaseUrl === '' ? {} : { databaseUrl }),
  });
  const stop = () => void installation.stop().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    story.says('Postern', `runs: API ${installation.apiUrl}, emulated cloud ${installation.emulatorUrl}`);
    const stage = await stageOf(installation, story);
    await payAsYouGoCustomer(stage);
    story.says('Postern', 'that was the first effective exemption');
    await revocation(stage, await cspPartner(stage));
    await refusals(stage);
    process.stdout.write(`\nAll ${String(story.facts())} facts were true, seen from outside.\n`);
  } finally {
    await installation.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
