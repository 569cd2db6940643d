import { type Instant, addDays, isBefore, millisecondsBetween } from '../domain/instants.js';
import type { Settings } from '../domain/ports/settings.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { tooMany } from '../domain/refusals.js';
import type { SubscriptionFacts } from '../domain/subscription/subscription.js';

type Limits = Pick<Settings, 'filingsADayOfSubscription' | 'filingsADayOfTenant'>;

/**
 * Throws 429 where the subscription, or the tenant that it belongs to, has filed as often as 24 hours allow, with when it
 * is possible again. Requests of every state count, so that withdrawing and filing again does not fill the queue (I17).
 */
export async function mustBeWithinADay(
  tx: Transaction,
  subscription: SubscriptionFacts,
  { filingsADayOfSubscription, filingsADayOfTenant }: Limits,
  now: Instant,
): Promise<void> {
  const most = { ofSubscription: filingsADayOfSubscription, ofTenant: filingsADayOfTenant };
  const { ofSubscription, ofTenant } = await tx.requests.usedUp(subscription, addDays(now, -1), most);
  const oldest = later(ofSubscription, ofTenant);
  if (oldest === null) return;
  const again = addDays(oldest, 1);
  const whose =
    ofTenant === null
      ? `This subscription has filed ${String(most.ofSubscription)} requests`
      : `The tenant of this subscription has filed ${String(most.ofTenant)} requests`;
  throw tooMany(
    {
      code: 'too-many-filings',
      message: `${whose} within 24 hours, which is as many as it may.`,
      nextStep: `File again at ${again} or later.`,
      applyAgainOn: again,
    },
    Math.max(1, Math.ceil(millisecondsBetween(now, again) / 1_000)),
  );
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return isBefore(a, b) ? b : a;
}
