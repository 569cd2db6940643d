import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import type { EffectView } from './views/effect-view.js';
import type { Call } from './call.js';

export interface RequeueEffectCommand {
  readonly effectId: string;
}

@Injectable()
export class RequeueEffect {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(call: Call, command: RequeueEffectCommand): Promise<EffectView> {
    throw new Error('not built yet');
  }
}
