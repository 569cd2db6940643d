import type { Machine } from './machine.js';

/** The subscription that a resource id names, in lower case. */
export function subscriptionOf(resourceId: string): string {
  return /^\/subscriptions\/([^/]+)/i.exec(resourceId)?.[1]?.toLowerCase() ?? '';
}

/** Whether a machine was seen last in another subscription than the one that it is known from. */
export function isElsewhere({
  subscriptionId,
  resourceId,
}: Pick<Machine, 'subscriptionId' | 'resourceId'>): boolean {
  const at = subscriptionOf(resourceId);
  return at !== '' && at !== subscriptionId.toLowerCase();
}

/** Whether a machine is not in its subscription: seen in another one, or not found where it was. */
export function isAway(machine: Pick<Machine, 'subscriptionId' | 'resourceId' | 'absentSince'>): boolean {
  return machine.absentSince !== null || isElsewhere(machine);
}
