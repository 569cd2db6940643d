import type { EffectType } from '../domain/effects.js';

/** The queues, each plural work. Closing a gate has one of its own: it never waits behind restarts (budget B7). */
export type QueueName = 'gate-moves' | 'vm-restarts' | 'observations' | 'fraud-checks' | 'notifications';

/** How many jobs of a queue one worker process carries out at once. They wait for the network, not for the processor. */
export const concurrency: Readonly<Record<QueueName, number>> = {
  'gate-moves': 8,
  // Of which one subscription's may wait for the cloud with 10 (src/adapters/azure/arm-budget.ts).
  'vm-restarts': 12,
  observations: 4,
  'fraud-checks': 8,
  notifications: 8,
};

/** Which queue carries an effect. */
export const queueOf = {
  'move-gate': 'gate-moves',
  'restart-vm': 'vm-restarts',
  'undo-late-stop': 'vm-restarts',
  'conduct-restarts': 'observations',
  'run-fraud-check': 'fraud-checks',
  'check-control-proof': 'fraud-checks',
  'preview-restarts': 'fraud-checks',
  'review-addresses': 'fraud-checks',
  'send-notification': 'notifications',
  'call-engineer': 'notifications',
} as const satisfies Record<EffectType, QueueName>;

export const effectTypes = Object.keys(queueOf) as readonly EffectType[];

export const queueNames = Object.keys(concurrency) as readonly QueueName[];

/** All that lies in the queue: the effect is read again from its row, because payloads lie there in clear text. */
export interface JobData {
  readonly effectId: string;
  readonly epoch: number;
}

/** A job's id: unlike its effect's it changes with the epoch, so that asking again is not a silent no-op. */
export function jobIdOf(type: EffectType, effectId: string, epoch: number): string {
  return `${type}_${effectId}_${String(epoch)}`;
}
