import 'reflect-metadata';
import { ApiModule } from '../src/api.module.js';
import { readConfiguration } from '../src/config/configuration.js';
import { createApi } from '../src/http/create-api.js';
import { callsTo } from './demo/desk.js';
import { exemptionDesk } from './demo/exemption-desk.js';
import { personaTokens } from './persona-tokens.js';
import { registerTenants } from './seed.js';
import { endOnUncaught, endWith, fail } from './stop-on-signal.js';

// Run by `npm start` before its API listens where everybody looks for it: registers the tenants of the personas through an
// API of its own on a port that nobody knows, so that a ready API is one that the personas can work with.

async function main(): Promise<void> {
  const configuration = readConfiguration();
  const app = await createApi(ApiModule.with(configuration), configuration.http);
  try {
    await app.listen(0, '127.0.0.1');
    const tokens = await personaTokens(configuration.dataDir);
    await registerTenants(exemptionDesk(callsTo(await app.getUrl()), tokens, null));
  } finally {
    await app.close();
  }
}

endOnUncaught('register-personas');
main().then(
  () => endWith(0),
  (error: unknown) => fail(`register-personas: ${error instanceof Error ? error.message : String(error)}`),
);
