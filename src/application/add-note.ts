import { scopeOf } from '../domain/access/scope.js';
import { notFound } from '../domain/refusals.js';
import { actorRef } from '../domain/access/actor.js';
import { saveText } from './save-text.js';
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

/** Writes an internal note on a request, at any time of its life. No requester ever reads it. */
@Injectable()
export class AddNote {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  run(call: Call, command: AddNoteCommand): Promise<NoteView> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const request = await tx.requests.find(scopeOf(call.actor), command.requestId.toLowerCase(), now);
      if (request === null) throw notFound();
      await tx.replayIfAnswered();
      const id = this.ids.next();
      const by = actorRef(call.actor);
      const words = { tenantId: request.tenantId, about: 'note', aboutId: id, text: command.text } as const;
      const textId = await saveText(tx, this.ids, words);
      await tx.notes.add({ id, requestId: request.id, by, at: now, textId });
      await tx.audit('note-added', { type: 'request', id: request.id }, { noteId: id });
      return { id, at: now, by, text: command.text };
    });
  }
}
