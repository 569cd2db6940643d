import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { StoredEffect } from '../domain/ports/effect-store.js';

@Injectable()
export class RecordEffectFailure {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(stored: StoredEffect): Promise<void> {
    throw new Error('not built yet');
  }
}
