import { type Instant, millisecondsBetween } from '../instants.js';
import type { PowerState } from '../ports/compute-control-plane.js';
import type { Machine } from './machine.js';

/** `stopped` is shown for moments between deallocated and starting. A machine that shows it for longer was shut down. */
const brieflyMs = 300_000;

/** States that are shown on the way up, before a host is held beyond doubt, and of a machine that was shut down as well. */
const perhapsHeldIn: readonly PowerState[] = ['starting', 'stopped', 'stopping'];

/** Whether the last look that told surely of a machine's host showed that it holds none. */
export function wasWithoutHost({ host, stoppedSince }: Pick<Machine, 'host' | 'stoppedSince'>): boolean {
  return host === 'none' || (host === 'unknown' && stoppedSince !== null);
}

/** Whether a machine may hold a host: after a release, too, once it is shown otherwise than without one. */
export function mayHoldHost({ host, powerState }: Pick<Machine, 'host' | 'powerState'>): boolean {
  return host !== 'none' || perhapsHeldIn.includes(powerState);
}

/**
 * What becomes of a release by a look that does not tell of the host. Two looks that show `stopped`, further apart than a
 * way up takes: then it may have been started and shut down from inside, unseen, and hold a host again. How long ago the
 * release was seen says nothing: a machine may lie without a host for weeks before it is glimpsed on its way up.
 */
export function afterRelease(
  known: Pick<Machine, 'host' | 'stoppedSince'> | null,
  { powerState, seenAt }: { readonly powerState: PowerState; readonly seenAt: Instant },
): Partial<Machine> {
  if (known?.host !== 'none' || powerState === 'unknown') return {};
  if (powerState !== 'stopped') return { stoppedSince: null };
  const stoppedSince = known.stoppedSince ?? seenAt;
  if (millisecondsBetween(stoppedSince, seenAt) < brieflyMs) return { stoppedSince };
  // One that was gone, and came back, is still known by what it carried before.
  return { stoppedSince, host: 'unknown', carries: 'unknown', carriesFence: null };
}
