import { WithdrawRequest } from '../../../src/application/withdraw-request.js';
import { Settings } from '../../../src/domain/ports/settings.js';
import { RefusedError } from '../../../src/domain/refusals.js';
import { by, customer, partner, customerTenant, partnerTenant } from './people.js';
import { createVerbWorld, csp, refusalOf, settingsFor, type VerbWorld } from './verb-world.js';

let world: VerbWorld;
beforeEach(async () => {
  const settings = { ...settingsFor('P3'), filingsADayOfSubscription: 2, filingsADayOfTenant: 3 };
  world = await createVerbWorld('P3', [[Settings, settings]]);
});
afterEach(() => world.close());

type Facts = Awaited<ReturnType<VerbWorld['register']>>;
const fileAndWithdraw = async (facts: Facts) => {
  const { id } = await world.submit(customer, facts);
  await world.verb(WithdrawRequest).run(by(customer), { requestId: id, reason: null });
};
const tooMany = ['too-many', 'too-many-filings'];
async function refusedTo(attempt: Promise<unknown>): Promise<RefusedError> {
  const [outcome] = await Promise.allSettled([attempt]);
  if (outcome.status === 'rejected' && outcome.reason instanceof RefusedError) return outcome.reason;
  throw new Error('it was not refused');
}

describe('the filings of a day (I17)', () => {
  it('are so many a subscription: withdrawing and filing again does not evade it, and 24 hours after the first one more', async () => {
    const facts = await world.register();
    await fileAndWithdraw(facts);
    world.clock.passMs(3_600_000);
    await fileAndWithdraw(facts);
    const { refusals, retryAfterSeconds } = await refusedTo(world.submit(customer, facts));
    expect(refusals).toMatchObject([{ code: 'too-many-filings', applyAgainOn: '2026-03-02T12:00:00.000Z' }]);
    expect(retryAfterSeconds).toBe(23 * 3_600);
    world.clock.to('2026-03-02T11:59:59.999Z');
    expect(await refusalOf(world.submit(customer, facts))).toEqual(tooMany);
    world.clock.to('2026-03-02T12:00:00.000Z');
    await fileAndWithdraw(facts);
    expect(await refusalOf(world.submit(customer, facts))).toEqual(tooMany);
  });

  it('are so many a tenant over all its subscriptions, also for a partner that sees none of them', async () => {
    for (const facts of [await world.register(), await world.register(), await world.register()])
      await world.submit(customer, facts);
    expect(await refusalOf(world.submit(customer, await world.register()))).toEqual(tooMany);
    await world.relate('active');
    const sold = await world.register({ offer: csp, partnerTenantId: partnerTenant });
    const filed = world.submit(partner, sold, {
      onBehalfOf: { customerTenantId: customerTenant, consent: null },
    });
    expect(await refusalOf(filed)).toEqual(tooMany);
  });
});
