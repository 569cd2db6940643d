import type { GatePosition } from '../../src/domain/gate/gate.js';
import type { Instant } from '../../src/domain/instants.js';
import type {
  ComputeControlPlane,
  Listing,
  MachineAnswer,
  MachineDescription,
  OperationAnswer,
  PowerOrderAnswer,
  PowerSighting,
  SubscriptionAnswer,
} from '../../src/domain/ports/compute-control-plane.js';
import type { GateControl, GateMoveAnswer, GateReadAnswer } from '../../src/domain/ports/gate-control.js';
import {
  beginOperation,
  descriptionOf,
  endOperation,
  isDone,
  nameOf,
  newMachine,
  refused,
  shownBy,
  type FakeMachine,
  type FakeOperation,
  type NewMachine,
} from './fake-machine.js';

interface FakeSubscription {
  state: string;
  readonly tenantId: string;
  gate: GatePosition;
  fence: number;
  movedAt: Instant | null;
  appliesTo: 'next-start' | 'running';
}

/** Everything a test can ask it to answer wrongly, by the port's own names. */
type Asked = keyof ComputeControlPlane | keyof GateControl;
type AnswerTo<M extends Asked> = Awaited<ReturnType<FakeCloud[M]>>;
/** `lose`: it is carried out all the same, and only the answer is another one. */
interface Wrong {
  readonly answer: unknown;
  readonly lose: boolean;
}

/** In every other state power operations are refused. */
const inGoodStanding: readonly string[] = ['Enabled', 'Warned', 'PastDue'];
const noGate = { kind: 'unavailable', code: 'http-404', retryAfterSeconds: null } as const;

/**
 * A cloud in memory with the physics of the real one (docs/enforcement.md): it keeps the same contract as the adapters,
 * proved in test/contract. Its clock stands still; operations end when a test says so, or at once.
 */
export class FakeCloud implements ComputeControlPlane, GateControl {
  /** `at-once`: an order has ended when it is answered. `on-demand`: when `finish` is called. */
  operations: 'at-once' | 'on-demand' = 'on-demand';
  /** With which code the next operations fail, one each. */
  readonly failures: string[] = [];
  /** What was asked, in order: `deallocate mx1`, `move open 3`. */
  readonly calls: string[] = [];
  private readonly subscriptions = new Map<string, FakeSubscription>();
  private readonly tags = new Map<string, Readonly<Record<string, string>>>();
  private readonly machines = new Map<string, FakeMachine>();
  private readonly byUrl = new Map<string, FakeOperation>();
  private readonly wrong = new Map<Asked, Wrong[]>();

  constructor(private at: Instant = '2026-01-10T12:00:00.000Z') {}

  // ------------------------------------------------------------------ what a test does to it

  get now(): Instant {
    return this.at;
  }
  advance(milliseconds: number): void {
    this.at = new Date(Date.parse(this.at) + milliseconds).toISOString();
  }

  setTags(id: string, tags: Readonly<Record<string, string>>): void {
    this.tags.set(id, tags);
  }
  createSubscription(id: string, facts: Partial<FakeSubscription> = {}): void {
    const tenantId = '00000000-0000-4000-8000-000000000003';
    const shut = { gate: 'closed', fence: 0, movedAt: null, appliesTo: 'next-start' } as const;
    this.subscriptions.set(id, { state: 'Enabled', tenantId, ...shut, ...facts });
  }
  /** `Disabled` refuses power operations; null takes the subscription away, with everything in it unknown. */
  setState(id: string, state: string | null): void {
    if (state === null) this.subscriptions.delete(id);
    else this.subscription(id).state = state;
  }
  setReach(id: string, appliesTo: FakeSubscription['appliesTo']): void {
    this.subscription(id).appliesTo = appliesTo;
  }

  /** A running machine, with the gate's present position. */
  createMachine(subscriptionId: string, name: string, facts: NewMachine = {}): FakeMachine {
    const { gate: carried } = this.subscription(subscriptionId);
    const machine = newMachine(subscriptionId, name, { timeCreated: this.at, carried, ...facts });
    this.machines.set(machine.resourceId.toLowerCase(), machine);
    return machine;
  }
  deleteMachine(machine: MachineDescription): void {
    this.machines.delete(machine.resourceId.toLowerCase());
  }
  /** Shut down from inside: it keeps its host. */
  powerOff(machine: FakeMachine): void {
    machine.powerState = 'stopped';
  }

  /** Ends what is under way: of one machine, or all of it. */
  finish(machine?: FakeMachine): void {
    for (const operation of this.byUrl.values())
      if (machine === undefined || operation.machine === machine) endOperation(operation, this.at);
  }
  /** Operations are forgotten: their URLs answer `gone`. */
  forgetOperations(): void {
    this.byUrl.clear();
  }

  /** The next `times` calls of a method are answered so, and nothing else happens; with `lose` it happens. */
  answerWrongly<M extends Asked>(method: M, answer: AnswerTo<M>, { times = 1, lose = false } = {}): void {
    const queue = this.wrong.get(method) ?? [];
    this.wrong.set(method, [...queue, ...Array.from({ length: times }, () => ({ answer, lose }))]);
  }

  /** What the wire to port 25 says of every machine of a subscription: a row a machine, `mx1 running open`. */
  wire(subscriptionId: string): readonly string[] {
    const { gate, appliesTo } = this.subscription(subscriptionId);
    return this.of(subscriptionId).map(({ name, powerState, carried }) => {
      const position = carried !== null && appliesTo === 'running' ? gate : carried;
      return `${name} ${powerState} ${position ?? 'off'}`;
    });
  }

  // ------------------------------------------------------------------ the two ports

  readSubscription(id: string): Promise<SubscriptionAnswer> {
    return this.answer('readSubscription', id, () => {
      const found = this.subscriptions.get(id);
      if (found === undefined) return { kind: 'not-found' };
      return { kind: 'found', state: found.state, tenantId: found.tenantId, tags: this.tags.get(id) ?? {} };
    });
  }

  listMachines(id: string): Promise<Listing<MachineDescription>> {
    return this.answer('listMachines', id, () => this.list(id, descriptionOf));
  }

  listPowerStates(id: string): Promise<Listing<PowerSighting>> {
    return this.answer('listPowerStates', id, () =>
      this.list(id, (machine) => ({
        vmId: machine.vmId,
        resourceId: machine.resourceId,
        powerState: shownBy(machine),
      })),
    );
  }

  readMachine(resourceId: string): Promise<MachineAnswer> {
    return this.answer('readMachine', nameOf(resourceId), () => {
      if (!this.subscriptions.has(resourceId.split('/')[2] ?? ''))
        return { kind: 'unknown', code: 'SubscriptionNotFound', retryAfterSeconds: null };
      const machine = this.machines.get(resourceId.toLowerCase());
      if (machine === undefined) return { kind: 'not-found' };
      return { kind: 'found', machine: descriptionOf(machine), powerState: shownBy(machine) };
    });
  }

  deallocate(resourceId: string): Promise<PowerOrderAnswer> {
    return this.answer('deallocate', nameOf(resourceId), () => this.order('deallocate', resourceId));
  }

  start(resourceId: string): Promise<PowerOrderAnswer> {
    return this.answer('start', nameOf(resourceId), () => this.order('start', resourceId));
  }

  readOperation(url: string): Promise<OperationAnswer> {
    return this.answer('readOperation', '', () => this.byUrl.get(url)?.answer ?? { kind: 'gone' });
  }

  read(id: string): Promise<GateReadAnswer> {
    return this.answer('read', id, () => {
      const gate = this.subscriptions.get(id);
      if (gate === undefined) return noGate;
      const { gate: position, fence, movedAt, appliesTo } = gate;
      return { kind: 'read', position, fence, movedAt, appliesTo };
    });
  }

  move(id: string, position: GatePosition, fence: number): Promise<GateMoveAnswer> {
    return this.answer('move', `${position} ${String(fence)}`, () => {
      const gate = this.subscriptions.get(id);
      if (gate === undefined) return noGate;
      if (fence < gate.fence || (fence === gate.fence && position !== gate.gate))
        return { kind: 'fence-too-small', theirFence: gate.fence };
      if (fence > gate.fence) Object.assign(gate, { gate: position, fence, movedAt: this.at });
      return { kind: 'moved', fence, movedAt: gate.movedAt ?? this.at, appliesTo: gate.appliesTo };
    });
  }

  // ------------------------------------------------------------------ how

  private answer<M extends Asked>(method: M, about: string, really: () => AnswerTo<M>): Promise<AnswerTo<M>> {
    this.calls.push(`${method} ${about}`.trim());
    const wrong = this.wrong.get(method)?.shift();
    if (wrong === undefined) return Promise.resolve(really());
    if (wrong.lose) really();
    return Promise.resolve(wrong.answer as AnswerTo<M>);
  }

  private order(kind: FakeOperation['kind'], resourceId: string): PowerOrderAnswer {
    const machine = this.machines.get(resourceId.toLowerCase());
    if (machine === undefined) return refused('not-found', 'ResourceNotFound');
    const subscription = this.subscriptions.get(machine.subscriptionId);
    if (subscription === undefined) return refused('other', 'SubscriptionNotFound');
    const { state, gate } = subscription;
    if (!inGoodStanding.includes(state))
      return refused('subscription-disabled', 'ReadOnlyDisabledSubscription');
    if (machine.pending !== null) return refused('busy', 'Conflict');
    if (kind === 'deallocate' && machine.ephemeralSystemDisk)
      return refused('cannot-deallocate', 'OperationNotAllowed');
    const operation = beginOperation(machine, kind, gate, this.failures.shift() ?? null);
    this.byUrl.set(operation.url, operation);
    if (this.operations === 'at-once' || isDone(operation)) endOperation(operation, this.at);
    return {
      kind: 'accepted',
      operationUrl: operation.url,
      cloudRequestId: operation.url.slice(-36),
      correlationId: null,
    };
  }

  private list<T>(id: string, present: (machine: FakeMachine) => T): Listing<T> {
    if (this.subscriptions.has(id)) return { kind: 'complete', items: this.of(id).map(present) };
    const message = 'the listing is not complete';
    return { kind: 'incomplete', code: 'SubscriptionNotFound', message, retryAfterSeconds: null };
  }

  private of(subscriptionId: string): readonly FakeMachine[] {
    return [...this.machines.values()].filter((machine) => machine.subscriptionId === subscriptionId);
  }

  private subscription(id: string): FakeSubscription {
    const found = this.subscriptions.get(id);
    if (found === undefined) throw new Error(`the fake cloud has no subscription ${id}`);
    return found;
  }
}
