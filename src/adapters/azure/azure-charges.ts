import type { CallCharge } from '../../domain/ports/call-budget.js';
import type { CallPurpose } from '../../domain/ports/compute-control-plane.js';
import { azurePolicies, type PolicyName } from './azure-policies.js';

/** What is counted for the subscription as a whole, wherever its machines are. */
const everywhere = 'global';
const countedEverywhere: readonly PolicyName[] = ['list', 'subscriptionReads', 'networkReads', 'logReads'];
/** A machine of which nobody said where it is: the cloud's word tells what such calls cost. */
const somewhere = 'unknown';

/** What a call to this path or URL is counted by; null for what lies in no subscription. */
export function chargeOf(policy: PolicyName, target: string, purpose: CallPurpose): CallCharge | null {
  const [, subscriptionId] = /\/subscriptions\/([^/?#]+)/i.exec(target) ?? [];
  if (subscriptionId === undefined) return null;
  const { name, ...size } = azurePolicies[policy];
  const [, named] = /\/locations\/([^/?#]+)/i.exec(target) ?? [];
  const region = countedEverywhere.includes(policy) ? everywhere : (named ?? purpose.region ?? somewhere);
  return {
    subscriptionId: subscriptionId.toLowerCase(),
    region,
    policy: name,
    size,
    isUrgent: purpose.isUrgent,
    givesWay: purpose.givesWay ?? false,
  };
}

/** Counted by caller, not by subscription: one bucket for all of them. */
export function searchCharge({ isUrgent, givesWay = false }: CallPurpose): CallCharge {
  const { name, ...size } = azurePolicies.graphQueries;
  return { subscriptionId: 'every-subscription', region: everywhere, policy: name, size, isUrgent, givesWay };
}
