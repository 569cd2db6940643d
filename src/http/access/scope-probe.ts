import type { Provider } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { FindEffect } from '../../application/queries/find-effect.js';
import { FindExemption } from '../../application/queries/find-exemption.js';
import { FindGate } from '../../application/queries/find-gate.js';
import { FindMachine } from '../../application/queries/find-machine.js';
import { FindPerson } from '../../application/queries/find-person.js';
import { FindRequest } from '../../application/queries/find-request.js';
import { FindSubscription } from '../../application/queries/find-subscription.js';
import { FindViolation } from '../../application/queries/find-violation.js';
import type { Call } from '../../application/call.js';
import type { Probe } from '../route.js';

/** The id of what a path names, and of the machine within it. */
interface Named {
  readonly id: string;
  readonly vmId: string;
}

type Look = (call: Call, named: Named) => Promise<unknown>;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether the thing that a path names is there for its caller. */
export class ScopeProbe {
  constructor(private readonly looks: Readonly<Record<Probe, Look>>) {}

  /** Throws the one 404 where it is not. Routes without such a thing pass. */
  async mustBeInScope(request: FastifyRequest): Promise<void> {
    const { caller, definition, traceId } = request.postern;
    if (caller === null || definition?.probe === undefined) return;
    const params = request.params as Readonly<Record<string, string | undefined>>;
    const id = (params['id'] ?? params['subscriptionId'] ?? '').toLowerCase();
    if (!uuid.test(id)) return;
    const call: Call = { actor: caller, traceId, ifMatch: null };
    await this.looks[definition.probe](call, { id, vmId: (params['vmId'] ?? '').toLowerCase() });
  }
}

/** The probe with the queries that it asks. */
export const scopeProbe: Provider = {
  provide: ScopeProbe,
  inject: [
    FindRequest,
    FindExemption,
    FindSubscription,
    FindViolation,
    FindEffect,
    FindGate,
    FindMachine,
    FindPerson,
  ],
  useFactory: (
    requests: FindRequest,
    exemptions: FindExemption,
    subscriptions: FindSubscription,
    violations: FindViolation,
    effects: FindEffect,
    gates: FindGate,
    machines: FindMachine,
    people: FindPerson,
  ) =>
    new ScopeProbe({
      request: (call, { id }) => requests.run(call, id),
      exemption: (call, { id }) => exemptions.run(call, id),
      subscription: (call, { id }) => subscriptions.run(call, id),
      violation: (call, { id }) => violations.run(call, id),
      effect: (call, { id }) => effects.run(call, id),
      gate: (call, { id }) => gates.run(call, id),
      machine: (call, { id, vmId }) => machines.run(call, id, vmId),
      person: (call, { id }) => people.run(call, id),
    }),
};
