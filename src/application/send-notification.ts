import { systemActor } from '../domain/access/actor.js';
import { type Mail, Notifier } from '../domain/ports/notifier.js';
import { tell } from '../domain/told-texts.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import type { Effect } from '../domain/effects.js';
import { LeaseLost, type EffectLease } from '../domain/ports/effect-store.js';

/** Mails one line of a request's history to its contact, in the words made for them; silence where no relay is configured. */
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
      if (mail !== null) {
        // A mail cannot be taken back: it is sent by whoever still holds the right to.
        if (!lease.isHeld()) throw new LeaseLost();
        await this.notifier.send(mail);
      }
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
      if (entry === undefined) return null;
      const request = await tx.requests.find({ kind: 'platform' }, requestId, entry.at);
      const contact = (await tx.particulars.find(requestId))?.contact ?? null;
      if (request === null || contact === null) return null;
      const audience = request.filedBy.kind === 'partner' ? 'partner' : 'customer';
      const told = tell(entry, audience);
      return {
        to: contact.email,
        subject: `Outbound port 25, subscription ${request.subscriptionId}: ${entry.event.replaceAll('-', ' ')}`,
        text: `${told.message}\n\nRequest ${requestId}. Its whole history: /v1/exemption-requests/${requestId}/history\n`,
        messageKey: `${requestId}/${String(sequence)}`,
      };
    });
  }
}

const actor = systemActor('send-notification');
