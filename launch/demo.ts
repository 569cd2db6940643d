import { rmSync } from 'node:fs';
import { callsTo } from './demo/desk.js';
import { cloudSide } from './demo/cloud-side.js';
import { exemptionDesk } from './demo/exemption-desk.js';
import { narrator } from './demo/narrator.js';
import { refusals, revocation } from './demo/endings.js';
import { cspPartner, payAsYouGoCustomer, type Stage } from './demo/stories.js';
import { startInstallation, type Installation } from './installation.js';
import { personaTokens } from './persona-tokens.js';
import { registerTenants, senderDns } from './seed.js';
import { endOnUncaught, endWith, fail, stopOnSignal } from './stop-on-signal.js';
import { throwawayDirectory } from './throwaway-directory.js';

async function stageOf(installation: Installation, story: Stage['story']): Promise<Stage> {
  const tokens = await personaTokens(installation.dataDir);
  const desk = exemptionDesk(callsTo(installation.apiUrl), tokens, story);
  const cloud = cloudSide(callsTo(installation.emulatorUrl));
  await registerTenants(desk);
  await senderDns(cloud);
  return { story, desk, cloud };
}

/** `npm run demo`: three stories and two refusals, each fact checked from outside; exit 0 only if all were true. */
async function main(): Promise<void> {
  const story = narrator();
  const dataDir = throwawayDirectory('postern-demo-');
  process.stdout.write(
    'Postern, the exemption desk for outbound port 25: the main job, on an emulated cloud.\n',
  );
  const databaseUrl = process.env['DATABASE_URL'];
  const removeData = stopOnSignal(async () => rmSync(dataDir, { recursive: true, force: true }));
  const installation = await startInstallation({
    dataDir,
    durable: false,
    env: { LOG_LEVEL: 'silent' },
    ...(databaseUrl === undefined || databaseUrl === '' ? {} : { databaseUrl }),
  });
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
    await removeData();
  }
}

endOnUncaught('demo');
main().then(
  () => endWith(0),
  (error: unknown) => fail(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`),
);
