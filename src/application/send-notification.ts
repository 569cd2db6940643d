import { systemActor } from '../domain/access/actor.js';
import { type Mail, Notifier } from '../domain/ports/notifier.js';
import { tell } from '../domain/told-texts.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import type { Effect } from '../domain/effects.js';
import type { EffectLease } from '../domain/ports/effect-store.js';

@Injectable()
export class SendNotification {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly notifier: Notifier,
  ) {}

  async run(
    effect: Extract<Effect, { readonly type: 'send-notification' }>,
    lease: EffectLease,
  ): Promise<void> {
    if (this.notifier.isConfigured) {
      const mail = await this.mailFor(effect);
      if (mail !== null) await this.notifier.send(mail);
    }
    await this.unitOfWork.run({ actor, traceId: null, lease }, (tx) => tx.effects.settle({ kind: 'done' }));
  }

  /** Null where the contact was erased, or the entry is not there: then there is nobody to tell, or nothing. */
  private mailFor({
    requestId,
    sequence,
  }: Extract<Effect, { readonly type: 'send-notification' }>): Promise<Mail | null> {
    return this.unitOfWork.read({ actor }, async (tx) => {
      const [entry] = await tx.timeline.of(requestId, sequence - 1, 1);
      const particulars = await tx.particulars.find(requestId);
      const request = await tx.requests.find(
        { kind: 'platform' },
        requestId,
        entry?.at ?? '1970-01-01T00:00:00.000Z',
      );
      if (entry === undefined || request === null || particulars?.contact == null) return null;
      const audience = request.filedBy.kind === 'partner' ? 'partner' : 'customer';
      const told = tell(entry, audience);
      return {
        to: particulars.contact.email,
        subject: `Outbound port 25, subscription ${request.subscriptionId}: ${entry.event.replaceAll('-', ' ')}`,
        text: `${told.message}\n\nRequest ${requestId}. Its whole history: /v1/exemption-requests/${requestId}/history\n`,
        messageKey: `${requestId}/${String(sequence)}`,
      };
    });
  }
}

const actor = systemActor('send-notification');
