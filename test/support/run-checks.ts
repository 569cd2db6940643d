import { RunFraudCheck } from '../../src/application/run-fraud-check.js';
import { Clock } from '../../src/domain/ports/clock.js';
import { EffectLedger } from '../../src/domain/ports/effect-store.js';
import { Ids } from '../../src/domain/ports/ids.js';
import { RequestHistory } from '../../src/domain/ports/request-history.js';
import { UnitOfWork } from '../../src/domain/ports/unit-of-work.js';
import { tenants } from '../../launch/development-token.js';
import { QuietWorld } from '../medium/verbs/quiet-world.js';
import type { TestApi } from './api.js';

/** Carries out the checks that are queued, in a world where nothing speaks against a request. */
export async function runChecks({ app }: Pick<TestApi, 'app'>): Promise<void> {
  const ledger = app.get(EffectLedger, { strict: false });
  const clock = app.get(Clock, { strict: false });
  const world = new QuietWorld(app.get(RequestHistory, { strict: false }));
  world.cloudTenantId = tenants.customer;
  const unitOfWork = app.get(UnitOfWork, { strict: false });
  const check = new RunFraudCheck(unitOfWork, world, clock, app.get(Ids, { strict: false }));
  for (const { id, epoch, type } of await ledger.claimDue(500, clock.now())) {
    if (type !== 'run-fraud-check') continue;
    const taken = await ledger.takeLease(id, epoch, 60_000);
    if (taken?.effect.effect.type === 'run-fraud-check') await check.run(taken.effect.effect, taken.lease);
  }
}
