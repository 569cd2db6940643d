import type { EffectState, StoredEffect } from '../../domain/ports/effect-store.js';
import type { Instant } from '../../domain/instants.js';

/** A piece of queued work, for operators. It names ids only, as the effect itself does. */
export interface EffectView {
  readonly id: string;
  readonly type: string;
  readonly subject: Readonly<Record<string, string | number>>;
  readonly state: EffectState;
  readonly epoch: number;
  readonly attempts: number;
  readonly losses: number;
  readonly dueAt: Instant;
  readonly createdAt: Instant;
  readonly lastError: string | null;
}

export function presentEffect({ effect, ...stored }: StoredEffect): EffectView {
  const { type, ...subject } = effect;
  const { id, state, epoch, attempts, losses, dueAt, createdAt, lastError } = stored;
  return { id, type, subject, state, epoch, attempts, losses, dueAt, createdAt, lastError };
}
