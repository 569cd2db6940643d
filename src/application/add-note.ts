import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { NoteView } from './views/review-view.js';
import type { Call } from './call.js';

export interface AddNoteCommand {
  readonly requestId: string;
  readonly text: string;
}

@Injectable()
export class AddNote {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(call: Call, command: AddNoteCommand): Promise<NoteView> {
    throw new Error('not built yet');
  }
}
