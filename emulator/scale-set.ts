import type { EmulatedMachine } from './machine.js';

/** A scale set. Instances of a uniform one lie in it; those of a flexible one are ordinary machines that name it. */
export interface ScaleSet {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly mode: 'Uniform' | 'Flexible';
  readonly zones: readonly string[];
  readonly uniqueId: string;
  readonly timeCreated: string;
  skuName: string;
  tags: Readonly<Record<string, string>>;
  /** What the creator sent beside the mode. */
  given: Readonly<Record<string, unknown>>;
  readonly instances: EmulatedMachine[];
  /** The number of the next instance: numbers are not used again. */
  nextInstance: number;
}

/** The scale set that a machine of a flexible one names, in lower case; empty for others. */
export function scaleSetIdOf({ given }: EmulatedMachine): string {
  const { id = '' } = (given.virtualMachineScaleSet ?? {}) as { readonly id?: string };
  return id.toLowerCase();
}
