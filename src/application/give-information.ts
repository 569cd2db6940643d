import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { type Caller } from '../domain/access/actor.js';
import type { Instant } from '../domain/instants.js';
import { forbidden } from '../domain/refusals.js';
import { requestLifecycle } from '../domain/request/request.lifecycle.js';
import type { ExemptionRequest } from '../domain/request/request.js';
import { applyEvent } from './apply-event.js';
import { auditJudgement } from './audit-judgement.js';
import { beginRound } from './begin-round.js';
import { lockLiveRequest } from './lock-request.js';
import { mustBePossible } from './must-be-possible.js';
import { mustBeTakeable, unregistrable } from './must-be-takeable.js';
import { isStillRelated } from './still-related.js';
import { saveText } from './save-text.js';
import { type RequestView, viewRequest } from './views/request-view.js';
import { Injectable } from '@nestjs/common';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import { RegistrableDomains } from '../domain/ports/registrable-domains.js';
import { Settings } from '../domain/ports/settings.js';
import type { Sending } from './submit-request.js';
import type { Call } from './call.js';

export interface GiveInformationCommand {
  readonly requestId: string;
  readonly answer: string;
  /** What changed of the description of the mail; null where nothing did. */
  readonly sending: Partial<Sending> | null;
}

/**
 * Answers a reviewer's question, and begins a new round of checks. The party that filed answers: where a partner filed, its
 * customer may withdraw but not answer (403), unless the partner has lost sight since. Eligibility is judged again and kept with the audit; an answer
 * is never refused for it, since the reviewer has to see both.
 */
@Injectable()
export class GiveInformation {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
    private readonly suffixes: RegistrableDomains,
  ) {}

  run(call: Call, command: GiveInformationCommand): Promise<RequestView> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const context = { actor: call.actor, now };
      const request = await lockLiveRequest(tx, call, command.requestId, now);
      await mustBeAsked(tx, call.actor, request, now);
      mustBeTakeable(unregistrable(command.sending?.domains ?? [], this.suffixes, '/sending/domains'));
      const event = {
        type: 'informationGiven',
        answerTextId: this.ids.next(),
        dailyVolume: command.sending?.dailyVolume ?? request.dailyVolume,
        ...beginRound(request.round + 1, now, this.settings),
      } as const;
      mustBePossible(requestLifecycle, request, event, context);
      const answerTextId = await saveText(tx, this.ids, {
        tenantId: request.tenantId,
        about: 'request',
        aboutId: request.id,
        text: command.answer,
      });
      await mergeSending(tx, request.id, command);
      await auditJudgement(tx, request, now);
      const answered = { ...event, answerTextId };
      const next = await applyEvent(tx, requestLifecycle, request, request.id, answered, context);
      return viewRequest(tx, next, call.actor, now);
    });
  }
}

/** Once the partner that filed sees nothing any more its customer answers: else nobody could, and the request would lapse. */
async function mustBeAsked(
  tx: Transaction,
  caller: Caller,
  request: ExemptionRequest,
  now: Instant,
): Promise<void> {
  if (caller.tenantId === request.filedBy.tenantId) return;
  if (!(await isStillRelated(tx, request, now))) return;
  throw forbidden(
    'only-the-filer-answers',
    'The question was put to whoever filed this request, and they answer it.',
    'Let your partner answer, or withdraw the request.',
  );
}

/** What was said anew replaces what was said before; what was not said again stands. Erased particulars stay erased. */
async function mergeSending(
  tx: Transaction,
  requestId: string,
  { sending }: GiveInformationCommand,
): Promise<void> {
  const particulars = sending === null ? null : await tx.particulars.find(requestId);
  if (particulars === null) return;
  await tx.particulars.save({ ...particulars, sending: { ...particulars.sending, ...sending } });
}
