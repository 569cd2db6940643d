import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import type { MachineRow } from '../views/exemption-view.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type { Listed } from '../views/listed.js';
import type { Call } from '../call.js';

@Injectable()
export class ListExemptionMachines {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, exemptionId: string, page: Page): Promise<Listed<MachineRow>> {
    throw new Error('not built yet');
  }
}
