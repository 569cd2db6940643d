import { z } from 'zod';
import type { ArmAnswer, ArmCall } from './arm-answer.js';
import { ArmError } from './errors.js';
import { gateView, moveGate, wireOf } from './gate.js';
import { parseBody } from './parse-body.js';
import { type EmulatedSubscription, everyMachine } from './subscription.js';
import type { World } from './world.js';

const gateOrder = z.strictObject({ gate: z.enum(['open', 'closed']), fence: z.int() });
const gateMode = z.strictObject({ appliesTo: z.enum(['running', 'next-start']) });

/** GET and PUT of a gate; a refusal says where the gate stands. */
export function gateRoute(world: World, call: ArmCall, subscriptionId: string): ArmAnswer {
  const subscription = world.cloud.subscription(subscriptionId);
  if (call.method === 'GET') return { status: 200, body: gateView(subscription) };
  const order = parseBody(gateOrder, call.body);
  try {
    return { status: 200, body: moveGate(subscription, order, world.clock.now()) };
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    return { status: error.status, body: { ...error.envelope, ...gateView(subscription) } };
  }
}

/** Whether the gate's position holds for running machines at once, or from their next start. */
export function gateModeRoute(world: World, subscriptionId: string, body: unknown): object {
  const subscription = world.cloud.subscription(subscriptionId);
  subscription.appliesTo = parseBody(gateMode, body).appliesTo;
  return gateView(subscription);
}

/** The truth: the gate, and what the wire to port 25 says of every machine, instances of scale sets included. */
export function truthRoute(world: World, subscriptionId: string): object {
  return truthOf(world, world.cloud.subscription(subscriptionId));
}

/** The same of every subscription: a machine that was moved carries its position along. */
export function wholeTruthRoute(world: World): object {
  const subscriptions = world.cloud
    .everySubscription()
    .map((subscription) => ({ subscriptionId: subscription.id, ...truthOf(world, subscription) }));
  return { subscriptions };
}

function truthOf(world: World, subscription: EmulatedSubscription) {
  for (const machine of everyMachine(subscription)) world.operations.settle(machine);
  const virtualMachines = everyMachine(subscription).map((machine) => ({
    name: machine.name,
    vmId: machine.vmId,
    powerState: `PowerState/${machine.powerState}`,
    port25: wireOf(subscription, machine),
    carried: machine.carried,
    tookHostAt: machine.tookHostAt,
    tookHostUnder: machine.tookHostUnder,
    hereSince: world.cloud.placements.sinceOf(machine),
  }));
  return { gate: subscription.gate, fence: subscription.fence, virtualMachines };
}
