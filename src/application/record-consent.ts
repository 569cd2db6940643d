import { Injectable } from '@nestjs/common';
import { Clock } from '../domain/ports/clock.js';
import { Settings } from '../domain/ports/settings.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { conflict } from '../domain/refusals.js';
import type { Call } from './call.js';
import { type Consent, mustBeGiven } from './consent.js';
import { lockLiveRequest } from './lock-request.js';
import { type RequestView, viewRequest } from './views/request-view.js';

export interface RecordConsentCommand {
  readonly requestId: string;
  readonly consent: Consent;
}

/**
 * Records the customer's consent to a request that a partner filed, while it is undecided: the partner does, or the customer
 * itself. It replaces what was recorded before; what stands there is for the reviewer, and erasable.
 */
@Injectable()
export class RecordConsent {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  run(call: Call, { requestId, consent }: RecordConsentCommand): Promise<RequestView> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const request = await lockLiveRequest(tx, call, requestId, now);
      mustBeGiven(consent, now, this.settings.clockMarginMs, '');
      const particulars = await tx.particulars.find(request.id);
      if (request.filedBy.kind !== 'partner' || particulars === null) throw nothingToConsentTo();
      await tx.particulars.save({ ...particulars, consent });
      await tx.audit('request.consent-recorded', { type: 'request', id: request.id });
      return viewRequest(tx, request, call.actor, now);
    });
  }
}

function nothingToConsentTo() {
  return conflict(
    'no-consent-needed',
    'This request was filed by the customer itself, or what was personal in it was erased.',
    'Nothing needs to be done.',
  );
}
