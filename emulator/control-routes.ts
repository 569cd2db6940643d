import type { FastifyInstance, FastifyReply } from 'fastify';
import { gateView, wireOf } from './cloud.js';
import type { DnsFault } from './dns-zone.js';
import { ArmError } from './errors.js';
import { faultKinds, type FaultKind, type FaultOrder } from './faults.js';
import { resetWorld, type World } from './world.js';

type Body = Readonly<Record<string, unknown>>;

const bad = (message: string) => new ArmError(400, 'InvalidRequestContent', message);
const bodyOf = (value: unknown): Body => {
  if (typeof value !== 'object' || value === null) throw bad('A JSON object is expected.');
  return value as Body;
};

/** The switchboard: what the real cloud does not have. It needs no token. */
export function controlRoutes(app: FastifyInstance, world: World): void {
  gateRoutes(app, world);
  faultRoutes(app, world);
  timeRoutes(app, world);
  dnsRoutes(app, world);
  app.get('/_control/calls', (request) => ({
    calls: world.calls.since((request.query as { since?: string }).since),
  }));
  app.post('/_control/reset', (_request, reply) => {
    resetWorld(world);
    return reply.status(204).send();
  });
  app.put('/_control/page-size', (request) => {
    const { pageSize } = bodyOf(request.body);
    if (typeof pageSize !== 'number' || pageSize < 1) throw bad('pageSize must be a positive number.');
    world.pageSize = Math.floor(pageSize);
    return { pageSize: world.pageSize };
  });
}

function gateRoutes(app: FastifyInstance, world: World): void {
  const subscriptionOf = (params: unknown) => world.cloud.subscription((params as { id: string }).id);
  app.get('/_control/subscriptions/:id/port25', (request) => {
    const subscription = subscriptionOf(request.params);
    for (const machine of [...subscription.machines.values()]) world.operations.settle(machine);
    const virtualMachines = [...subscription.machines.values()].map((machine) => ({
      name: machine.name,
      vmId: machine.vmId,
      powerState: `PowerState/${machine.powerState}`,
      port25: wireOf(subscription, machine),
    }));
    return { gate: subscription.gate, fence: subscription.fence, virtualMachines };
  });
  app.get('/_control/subscriptions/:id/gate', (request) => gateView(subscriptionOf(request.params)));
  app.put('/_control/subscriptions/:id/gate', (request, reply) => {
    const subscription = subscriptionOf(request.params);
    const { gate, fence } = bodyOf(request.body);
    if (gate !== 'open' && gate !== 'closed') throw bad('gate must be "open" or "closed".');
    if (typeof fence !== 'number' || !Number.isSafeInteger(fence)) throw bad('fence must be a whole number.');
    try {
      return world.cloud.moveGate(subscription, gate, fence);
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      return reply.status(error.status).send({ ...error.envelope, ...gateView(subscription) });
    }
  });
  app.put('/_control/subscriptions/:id/gate-mode', (request) => {
    const { appliesTo } = bodyOf(request.body);
    if (appliesTo !== 'running' && appliesTo !== 'next-start')
      throw bad('appliesTo must be "running" or "next-start".');
    return gateView(Object.assign(subscriptionOf(request.params), { appliesTo }));
  });
}

function faultRoutes(app: FastifyInstance, world: World): void {
  app.post('/_control/faults', (request, reply) => {
    const order = bodyOf(request.body);
    if (!faultKinds.includes(order.kind as FaultKind))
      throw bad(`kind must be one of ${faultKinds.join(', ')}.`);
    return reply.status(201).send({ id: world.faults.add(order as unknown as FaultOrder) });
  });
  const noContent = (reply: FastifyReply) => reply.status(204).send();
  app.delete('/_control/faults/:id', (request, reply) => {
    const { id } = request.params as { id: string };
    if (!world.faults.remove(id)) throw new ArmError(404, 'NotFound', 'There is no such fault.');
    return noContent(reply);
  });
  app.delete('/_control/faults', (_request, reply) => {
    world.faults.clear();
    return noContent(reply);
  });
}

function timeRoutes(app: FastifyInstance, world: World): void {
  app.get('/_control/durations', () => world.operations.durations);
  app.put('/_control/durations', (request) => {
    const given = bodyOf(request.body);
    for (const key of ['deallocateMs', 'startMs'] as const) {
      const value = given[key];
      if (value === undefined) continue;
      if (typeof value !== 'number' || value < 0) throw bad(`${key} must be a number of milliseconds.`);
      world.operations.durations = { ...world.operations.durations, [key]: value };
    }
    return world.operations.durations;
  });
  const clockView = () => ({ now: world.clock.now(), simulated: world.clock.isSimulated });
  app.get('/_control/clock', clockView);
  app.put('/_control/clock', (request) => {
    const { now, advanceMs } = bodyOf(request.body ?? {});
    if (typeof now === 'string') setClock(world, now);
    else if (typeof advanceMs === 'number') world.clock.advance(advanceMs);
    else world.clock.real();
    return clockView();
  });
}

function setClock(world: World, now: string): void {
  if (Number.isNaN(Date.parse(now))) throw bad('now must be an ISO 8601 instant.');
  world.clock.set(now);
}

const recordTypes = ['A', 'AAAA', 'MX', 'TXT', 'PTR', 'NS', 'CNAME'];
const dnsFaults = ['servfail', 'timeout', 'nxdomain', 'refused', 'truncate'];

function dnsRoutes(app: FastifyInstance, world: World): void {
  app.put('/_control/dns', (request) => {
    const { name, type, values = [], ttl = 60, fault = null } = bodyOf(request.body);
    if (typeof name !== 'string' || name === '') throw bad('name must be a domain name.');
    if (typeof type !== 'string' || !recordTypes.includes(type.toUpperCase()))
      throw bad(`type must be one of ${recordTypes.join(', ')}.`);
    if (!Array.isArray(values) || values.some((value) => typeof value !== 'string'))
      throw bad('values must be a list of strings.');
    if (fault !== null && !dnsFaults.includes(String(fault)))
      throw bad(`fault must be one of ${dnsFaults.join(', ')}.`);
    const record = {
      name,
      type: type.toUpperCase(),
      values: values as string[],
      ttl: Number(ttl),
      fault: fault as DnsFault | null,
    };
    world.dns.put(record);
    return record;
  });
  app.get('/_control/dns/queries', () => ({ queries: world.dns.queries }));
}
