import { Injectable } from '@nestjs/common';
import { systemActor } from '../../domain/access/actor.js';
import type { Tenant } from '../../domain/ports/registry-stores.js';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';

const actor = systemActor('authentication');

/** Whether a tenant is registered, and as what: asked before anybody is believed to be anybody. */
@Injectable()
export class FindTenant {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  run(tenantId: string): Promise<Tenant | null> {
    return this.unitOfWork.read({ actor }, (tx) => tx.tenants.find(tenantId));
  }
}
