import { conflict } from '../domain/refusals.js';
import { Injectable } from '@nestjs/common';
import { Clock } from '../domain/ports/clock.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Settings } from '../domain/ports/settings.js';
import type { Call } from './call.js';

export interface RegisterTenantCommand {
  readonly tenantId: string;
  readonly kind: 'customer' | 'partner';
  readonly name: string;
}

export interface TenantView extends RegisterTenantCommand {
  readonly created: boolean;
}

/** Registers a tenant, or renames it: only tokens of registered tenants are believed. */
@Injectable()
export class RegisterTenant {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, command: RegisterTenantCommand): Promise<TenantView> {
    return this.unitOfWork.run(call, async (tx) => {
      const tenantId = command.tenantId.toLowerCase();
      if (tenantId === this.settings.platformTenantId) {
        throw conflict(
          'the-platforms-tenant',
          'This is the platform’s own tenant: it is no customer and no partner.',
          'Register another tenant.',
        );
      }
      const known = await tx.tenants.find(tenantId);
      await tx.tenants.save({ ...command, tenantId });
      const subject = { type: 'tenant', id: tenantId } as const;
      const changes = known?.kind === command.kind ? [] : ['kind'];
      await tx.registrations.add(subject, call.actor, this.clock.now(), changes);
      await tx.audit('tenant.registered', { type: 'tenant', id: tenantId }, { kind: command.kind });
      return { ...command, tenantId, created: known === null };
    });
  }
}
