import { queueNames, type QueueName } from './queues.js';

/**
 * What one process carries out. `enforcement` moves gates and machines, ends rights, and runs relay and sweep; `screening` is
 * given what strangers wrote: answers of their DNS, addresses and names for mails. One that such a text freezes, or ends, holds up
 * no gate (budget B7; docs/decisions/0030).
 */
export type Lane = 'enforcement' | 'screening';

const laneOf = {
  'gate-moves': 'enforcement',
  'vm-restarts': 'enforcement',
  observations: 'enforcement',
  'fraud-checks': 'screening',
  notifications: 'screening',
} as const satisfies Record<QueueName, Lane>;

/** The queues whose jobs a lane carries out. */
export function queuesOf(lane: Lane): readonly QueueName[] {
  return queueNames.filter((name) => laneOf[name] === lane);
}

/** The queues that a lane opens: the relay gives jobs to all of them. */
export function openedBy(lane: Lane): readonly QueueName[] {
  return lane === 'enforcement' ? queueNames : queuesOf(lane);
}
