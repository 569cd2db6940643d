import type { MachineDescription } from '../ports/compute-control-plane.js';

type Placed = Pick<MachineDescription, 'resourceId' | 'scaleSet'>;

/**
 * Whether a machine is an instance of a uniform scale set: it lies in its set, and no listing of machines has it. A
 * member of a flexible set is an ordinary machine that only names its set.
 */
export function isInstance({ resourceId, scaleSet }: Placed): boolean {
  return scaleSet !== null && resourceId.toLowerCase().startsWith(`${scaleSet}/`);
}

/** The uniform scale sets in which these machines lie, each once. */
export function uniformSetsOf(machines: readonly Placed[]): readonly string[] {
  const sets = machines.flatMap((machine) =>
    machine.scaleSet !== null && isInstance(machine) ? [machine.scaleSet] : [],
  );
  return [...new Set(sets)];
}
