import { randomUUID } from 'node:crypto';
import { startEmulator, type RunningEmulator } from '../../emulator/emulator.js';
import { wireOf } from '../../emulator/gate.js';
import type { EmulatedSubscription } from '../../emulator/subscription.js';
import type { World } from '../../emulator/world.js';
import { ArmClient } from '../../src/adapters/azure/arm-client.js';
import { AzureCompute } from '../../src/adapters/azure/azure-compute.adapter.js';
import { unsigned } from '../../src/adapters/gate/gate-headers.js';
import { HttpGate } from '../../src/adapters/gate/http-gate.adapter.js';
import type { ComputeControlPlane, PowerOrderAnswer } from '../../src/domain/ports/compute-control-plane.js';
import type { GateControl } from '../../src/domain/ports/gate-control.js';
import { FakeCloud } from '../support/fake-cloud.js';
import type { FakeMachine, NewMachine } from '../support/fake-machine.js';

/** A cloud with one subscription in it: the two ports under test, and what a test does behind their backs. */
export interface CloudUnderTest {
  readonly compute: ComputeControlPlane;
  readonly gate: GateControl;
  readonly subscriptionId: string;
  readonly tenantId: string;
  /** A running machine; gives its resource id. */
  create(name: string, facts?: NewMachine): string;
  remove(name: string): void;
  powerOff(name: string): void;
  /** Null takes the subscription away. */
  setState(state: string | null): void;
  /** From now on the gate's position holds for running machines too. */
  reachRunning(): void;
  hidePowerState(name: string): void;
  failNext(code: string): void;
  forgetOperations(): void;
  /** The listings lack their second page until further notice. */
  breakListings(): void;
  /** The next call of a kind is throttled, with `Retry-After: 7`. */
  throttleNext(what: 'list' | 'read' | 'order' | 'operation'): void;
  /** The next deallocate is carried out, and its answer is lost. */
  loseNextAnswer(): void;
  /** Operations under way end, a minute later. */
  finish(): void;
  now(): string;
  /** `mx1 running open`, a row a machine. */
  wire(): readonly string[];
  stop(): Promise<void>;
}

export const tenantId = '00000000-0000-4000-8000-0000000000ab';
const begin = '2026-01-10T12:00:00.000Z';
const minuteMs = 60_000;

const parts = {
  list: 'virtualMachines\\?',
  read: 'virtualMachines/.*instanceView',
  order: '/(deallocate|start)',
  operation: '/operations/',
} as const;

/** The Azure adapter and the emulator's gate, over real HTTP. */
async function emulatedCloud(): Promise<CloudUnderTest> {
  const emulator = await startEmulator();
  const { world } = emulator;
  world.clock.set(begin);
  world.pageSize = 2;
  const subscriptionId = randomUUID();
  const facts = { state: 'Enabled', tenantId: tenantId.toUpperCase() };
  const { subscription } = world.cloud.putSubscription(subscriptionId, facts);
  const settle = () => {
    for (const machine of [...subscription.inOrder]) world.operations.settle(machine);
  };
  return {
    ...portsTo(emulator),
    ...changesOf(world, subscription),
    ...troublesOf(world),
    subscriptionId,
    tenantId,
    finish: () => {
      world.clock.advance(minuteMs);
      settle();
    },
    now: () => world.clock.now(),
    wire: () => {
      settle();
      return subscription.inOrder.map(
        (machine) => `${machine.name} ${machine.powerState} ${wireOf(subscription, machine)}`,
      );
    },
    stop: () => emulator.stop(),
  };
}

/** What a customer, or the platform, does to its machines. */
function changesOf(
  world: World,
  subscription: EmulatedSubscription,
): Pick<CloudUnderTest, 'create' | 'remove' | 'powerOff' | 'setState' | 'reachRunning'> {
  const machineNamed = (name: string) => world.cloud.machine(subscription, 'rg', name);
  return {
    create: (name, { ephemeral = false, place = {} } = {}) => {
      const storageProfile = { osDisk: { diffDiskSettings: { option: 'Local' } } };
      const named = (id: string | null | undefined) => (id ? { id: id.toUpperCase() } : undefined);
      const body = {
        location: 'westeurope',
        ...(place.zone ? { zones: [place.zone] } : {}),
        properties: {
          ...(ephemeral ? { storageProfile } : {}),
          availabilitySet: named(place.availabilitySet),
          virtualMachineScaleSet: named(place.scaleSet),
        },
      };
      return world.cloud.putMachine(subscription, 'rg', name, body).machine.id;
    },
    remove: (name) => world.cloud.removeMachine(subscription, machineNamed(name)),
    powerOff: (name) => void (machineNamed(name).powerState = 'stopped'),
    setState: (state) => {
      if (state === null) world.cloud.reset();
      else subscription.state = state;
    },
    reachRunning: () => void (subscription.appliesTo = 'running'),
  };
}

type Troubles =
  'hidePowerState' | 'failNext' | 'forgetOperations' | 'breakListings' | 'throttleNext' | 'loseNextAnswer';

function troublesOf({ faults, operations }: World): Pick<CloudUnderTest, Troubles> {
  return {
    hidePowerState: (vmName) => void faults.add({ kind: 'no-power-state', match: { vmName } }),
    failNext: (code) => void faults.add({ kind: 'operation-fails', code, match: {}, times: 1 }),
    forgetOperations: () => operations.reset(),
    breakListings: () => void faults.add({ kind: 'partial-list', match: {} }),
    loseNextAnswer: () =>
      void faults.add({ kind: 'accept-then-reset', match: { path: parts.order }, times: 1 }),
    throttleNext: (what) =>
      void faults.add({ kind: 'throttle', retryAfter: 7, match: { path: parts[what] }, times: 1 }),
  };
}

function portsTo(emulator: RunningEmulator): Pick<CloudUnderTest, 'compute' | 'gate'> {
  return {
    compute: new AzureCompute(new ArmClient(emulator.url, { token: () => Promise.resolve('any') })),
    gate: new HttpGate(`${emulator.url}/_control`, unsigned),
  };
}

/** The fake that other tests build on, held to the same contract. */
function fakeCloud(): Promise<CloudUnderTest> {
  const cloud = new FakeCloud(begin);
  const subscriptionId = randomUUID();
  cloud.createSubscription(subscriptionId, { tenantId });
  const machines = new Map<string, FakeMachine>();
  const known = (name: string): FakeMachine => {
    const machine = machines.get(name);
    if (machine === undefined) throw new Error(`no machine ${name}`);
    return machine;
  };
  return Promise.resolve({
    compute: cloud,
    gate: cloud,
    subscriptionId,
    tenantId,
    create: (name, facts) => {
      const machine = cloud.createMachine(subscriptionId, name, facts);
      machines.set(name, machine);
      return machine.resourceId;
    },
    remove: (name) => cloud.deleteMachine(known(name)),
    powerOff: (name) => cloud.powerOff(known(name)),
    setState: (state) => cloud.setState(subscriptionId, state),
    reachRunning: () => cloud.setReach(subscriptionId, 'running'),
    ...troublesOfFake(cloud, known),
    finish: () => {
      cloud.advance(minuteMs);
      cloud.finish();
    },
    now: () => cloud.now,
    wire: () => cloud.wire(subscriptionId),
    stop: () => Promise.resolve(),
  });
}

function troublesOfFake(
  cloud: FakeCloud,
  known: (name: string) => FakeMachine,
): Pick<CloudUnderTest, Troubles> {
  return {
    hidePowerState: (name) => void (known(name).isMute = true),
    failNext: (code) => void cloud.failures.push(code),
    forgetOperations: () => cloud.forgetOperations(),
    breakListings: () => {
      cloud.answerWrongly('listMachines', incomplete('http-500', null), { times: 9 });
      cloud.answerWrongly('listPowerStates', incomplete('http-500', null), { times: 9 });
    },
    throttleNext: (what) => throttleFake(cloud, what),
    loseNextAnswer: () => {
      const lost = { kind: 'unavailable', code: 'reset', retryAfterSeconds: null } as const;
      cloud.answerWrongly('deallocate', lost, { lose: true });
    },
  };
}

function throttleFake(cloud: FakeCloud, what: keyof typeof parts): void {
  const throttled = { code: 'http-429', retryAfterSeconds: 7 };
  if (what === 'list') cloud.answerWrongly('listMachines', incomplete('http-429', 7));
  if (what === 'read') cloud.answerWrongly('readMachine', { kind: 'unknown', ...throttled });
  if (what === 'order') cloud.answerWrongly('deallocate', { kind: 'unavailable', ...throttled });
  if (what === 'operation') cloud.answerWrongly('readOperation', { kind: 'unavailable', ...throttled });
}

function incomplete(code: string, retryAfterSeconds: number | null) {
  return { kind: 'incomplete', code, message: 'the listing is not complete', retryAfterSeconds } as const;
}

/** What the contract is kept by. */
export const clouds = [
  ['the Azure adapter on the emulated cloud', emulatedCloud],
  ['the fake cloud', fakeCloud],
] as const;

/** The operation's URL of an order that must have been taken. */
export async function accepted(answer: Promise<PowerOrderAnswer>): Promise<string> {
  const order = await answer;
  if (order.kind !== 'accepted' || order.operationUrl === null)
    throw new Error(`not accepted: ${order.kind}`);
  expect(order.cloudRequestId).toMatch(/^[\da-f-]{36}$/);
  return order.operationUrl;
}
