import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';

/** How much of each kind was ended by one sweep. */
export interface EndedOverdue {
  readonly requests: number;
  readonly exemptions: number;
}

@Injectable()
export class EndOverdue {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(): Promise<EndedOverdue> {
    throw new Error('not built yet');
  }
}
