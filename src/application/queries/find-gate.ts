import { Injectable } from '@nestjs/common';
import type { Gate } from '../../domain/gate/gate.js';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { notFound } from '../../domain/refusals.js';
import type { Call } from '../call.js';

/** The gate of a subscription for platform staff, or the one 404 where none was ever ordered. */
@Injectable()
export class FindGate {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(call: Call, subscriptionId: string): Promise<Gate> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const gate = await tx.gates.find(subscriptionId);
      if (gate === null) throw notFound();
      return gate;
    });
  }
}
