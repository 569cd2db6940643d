import { ArmError } from './errors.js';
import type { EmulatedMachine, PowerAction } from './machine.js';
import { untwisted } from './operation.js';
import { asItself } from './operations.js';
import { platformCause } from './record-call.js';
import { everyMachine, type EmulatedSubscription } from './subscription.js';
import type { World } from './world.js';

/** What the platform does to machines by itself: no lock, right, bucket or fault stands in its way. */
export function act(
  world: World,
  subscription: EmulatedSubscription,
  machine: EmulatedMachine,
  action: PowerAction,
): void {
  const order = {
    subscription,
    machine,
    action,
    hibernates: false,
    cause: platformCause(),
    toldAs: asItself(machine),
  };
  world.operations.begin(order, () => untwisted);
}

/** Takes a spot machine's host; by its policy it is then deallocated, or deleted. */
export function evict(world: World, subscription: EmulatedSubscription, machine: EmulatedMachine): void {
  const isDeleted = String(machine.given.evictionPolicy).toLowerCase() === 'delete';
  act(world, subscription, machine, isDeleted ? 'delete' : 'deallocate');
}

/** As the platform does some time after it disabled a subscription: every machine that holds a host loses it. */
export function deallocateAll(world: World, subscription: EmulatedSubscription): number {
  const running = everyMachine(subscription).filter(({ carried }) => carried !== null);
  for (const machine of running) act(world, subscription, machine, 'deallocate');
  return running.length;
}

/** By its name or its vmId; an instance is called by its set and its number. Throws a 404 where there is none. */
export function machineCalled(subscription: EmulatedSubscription, called: string): EmulatedMachine {
  const wanted = called.toLowerCase();
  const found = everyMachine(subscription).find(
    ({ name, vmId }) => name.toLowerCase() === wanted || vmId === wanted,
  );
  if (found === undefined) throw new ArmError(404, 'NotFound', `There is no machine '${called}'.`);
  return found;
}
