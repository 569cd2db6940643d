import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { FindExemption } from '../../application/queries/find-exemption.js';
import { FindPerson } from '../../application/queries/find-person.js';
import { FindRequest } from '../../application/queries/find-request.js';
import { FindViolation } from '../../application/queries/find-violation.js';
import { FindSubscription } from '../../application/queries/find-subscription.js';
import type { Call } from '../../application/call.js';

/** Whether the thing that a path names is there for its caller. */
@Injectable()
export class ScopeProbe {
  constructor(
    private readonly requests: FindRequest,
    private readonly exemptions: FindExemption,
    private readonly subscriptions: FindSubscription,
    private readonly violations: FindViolation,
    private readonly people: FindPerson,
  ) {}

  /** Throws the one 404 where it is not. Routes without such a thing pass. */
  async mustBeInScope(request: FastifyRequest): Promise<void> {
    const { caller, definition, traceId } = request.postern;
    if (caller === null || definition?.probe === undefined) return;
    const params = request.params as { readonly id?: string; readonly subscriptionId?: string };
    const id = params.id ?? params.subscriptionId;
    if (id !== undefined && definition.probe === 'person')
      return this.people.run({ actor: caller, traceId, ifMatch: null }, id.toLowerCase());
    if (id === undefined || !/^[0-9a-f-]{36}$/i.test(id)) return;
    const call: Call = { actor: caller, traceId, ifMatch: null };
    const known = id.toLowerCase();
    if (definition.probe === 'request') await this.requests.run(call, known);
    if (definition.probe === 'exemption') await this.exemptions.run(call, known);
    if (definition.probe === 'subscription') await this.subscriptions.run(call, known);
    if (definition.probe === 'violation') await this.violations.run(call, known);
  }
}
