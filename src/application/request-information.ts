import { addMilliseconds } from '../domain/instants.js';
import { invalid } from '../domain/refusals.js';
import { requestLifecycle } from '../domain/request/request.lifecycle.js';
import { applyEvent } from './apply-event.js';
import { lockLiveRequest, mustNotBeClaimedByAnother, versionMatchesIfNamed } from './lock-request.js';
import { saveText } from './save-text.js';
import { viewQueueItem } from './views/view-queue-item.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import { Settings } from '../domain/ports/settings.js';
import type { QueueItem } from './views/review-view.js';
import type { Call } from './call.js';

export interface RequestInformationCommand {
  readonly requestId: string;
  readonly question: string;
  /** Names of the fields that the question is about, as in the body of a submit. */
  readonly fields: readonly string[];
}

/** Asks the requester something. The review clock stops until they answer; after 14 days (by default) the request lapses. */
@Injectable()
export class RequestInformation {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
  ) {}

  run(call: Call, command: RequestInformationCommand): Promise<QueueItem> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      mustBeNamesOfFields(command.fields);
      const request = await lockLiveRequest(tx, call, command.requestId, now);
      versionMatchesIfNamed(call, request.version);
      await mustNotBeClaimedByAnother(tx, call, request, now);
      const { id, tenantId } = request;
      const words = { tenantId, about: 'request', aboutId: id, text: command.question } as const;
      const event = {
        type: 'informationRequested',
        questionTextId: await saveText(tx, this.ids, words),
        fields: command.fields,
        answerBy: addMilliseconds(now, this.settings.informationPatienceMs),
      } as const;
      const next = await applyEvent(tx, requestLifecycle, request, id, event, { actor: call.actor, now });
      return viewQueueItem(tx, next, call.actor, now);
    });
  }
}

/** They go into history, where no words of a person belong. */
function mustBeNamesOfFields(fields: readonly string[]): void {
  if (fields.every((field) => /^[a-zA-Z][a-zA-Z0-9]*([./][a-zA-Z0-9]+)*$/.test(field) && field.length <= 64))
    return;
  throw invalid(
    'not-a-field',
    'fields names what is no field of a request.',
    'Name fields as in the body of a submit, for example sending.domains.',
    '/fields',
  );
}
