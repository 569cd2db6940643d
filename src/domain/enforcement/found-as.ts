import type { Machine } from './machine.js';
import type { FoundAs, Restart } from './restart.js';

/** What a machine is found as; a managed restart restores it. One that is being stopped is to be off afterwards. */
export function foundAs({ host, powerState }: Pick<Machine, 'host' | 'powerState'>): FoundAs {
  if (host === 'none') return 'no-host';
  switch (powerState) {
    case 'unknown':
      return 'unknown';
    case 'stopped':
    case 'stopping':
    case 'deallocating':
      return 'stopped';
    default:
      return 'running';
  }
}

/**
 * What a machine that is about to be stopped turns out to be, where that is not what was planned: between the two lie a
 * queue, a window, a canary. Null where it is as planned, or nobody can say.
 */
export function foundOtherwise(restart: Restart, machine: Machine | null): FoundAs | null {
  const found = machine === null ? 'unknown' : foundAs(machine);
  return found === 'unknown' || found === restart.found ? null : found;
}
