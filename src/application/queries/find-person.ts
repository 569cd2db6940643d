import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { notFound } from '../../domain/refusals.js';
import type { Call } from '../call.js';

/** Whether anything is kept of somebody with this object id; the one 404 where nothing is. */
@Injectable()
export class FindPerson {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(call: Call, objectId: string): Promise<void> {
    const tenants = await this.unitOfWork.read({ actor: call.actor }, (tx) => tx.people.tenantsOf(objectId));
    if (tenants.length === 0) throw notFound();
  }
}
