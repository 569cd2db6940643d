import { Injectable } from '@nestjs/common';
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

@Injectable()
export class RegisterTenant {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: Settings,
  ) {}

  async run(call: Call, command: RegisterTenantCommand): Promise<TenantView> {
    throw new Error('not built yet');
  }
}
