import type { EffectType } from '../domain/effects.js';
import { millisecondsPerDay } from '../domain/instants.js';
import { effectTypes } from './queues.js';

/** No step, look or mail waits so long by itself: the longest are looks that all live exemptions share, and retries. */
const ordinaryMs = 2 * millisecondsPerDay;
/** A review of addresses comes back after a week at last. */
const reviewMs = 8 * millisecondsPerDay;

/** How long an effect of each type can wait. What is due later was given its time by a wrong clock, and is drawn in. */
export const longestWaits = Object.fromEntries(
  effectTypes.map((type) => [type, type === 'review-addresses' ? reviewMs : ordinaryMs]),
) as Readonly<Record<EffectType, number>>;
