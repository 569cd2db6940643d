import { Injectable } from '@nestjs/common';
import { systemActor } from '../domain/access/actor.js';
import type { Effect } from '../domain/effects.js';
import { Clock } from '../domain/ports/clock.js';
import { type EffectLease, LeaseLost } from '../domain/ports/effect-store.js';
import { Notifier } from '../domain/ports/notifier.js';
import { Settings } from '../domain/ports/settings.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { composeDigest, composeMail, endOfDay, type LineMail } from './compose-mail.js';

type NotificationWanted = Extract<Effect, { readonly type: 'send-notification' }>;

/**
 * Mails lines of a request's history to its contact, in the words made for them; silence where no relay is configured.
 * A contact's address is what a requester wrote, and nobody asked its owner: address and subscription have a share of
 * mails a day, and what goes beyond it is one digest when the day is over (I16).
 */
@Injectable()
export class SendNotification {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  async run(effect: NotificationWanted, lease: EffectLease): Promise<void> {
    if (!this.notifier.isConfigured) return this.settled(lease);
    if (effect.sequence === digestOfContact) return this.sendDigest(effect.requestId, lease);
    const mail = await this.unitOfWork.read({ actor }, (tx) => composeMail(tx, effect, this.clock.now()));
    if (mail === null) return this.settled(lease);
    const now = this.clock.now();
    const share = {
      ofAddress: this.settings.mailsADayOfAddress,
      ofSubscription: this.settings.mailsADayOfSubscription,
    };
    const isCounted = await this.outside((tx) => tx.mails.count(effect.requestId, now, share));
    if (!isCounted) return this.hold(mail, lease);
    try {
      await this.send(mail, lease);
    } catch (error) {
      await this.outside((tx) => tx.mails.uncount(effect.requestId, now));
      throw error;
    }
    return this.settled(lease);
  }

  /** Holds the mail back, and sees to it that a digest of the address is on its way: one, whoever asks. */
  private async hold({ requestId, sequence, tenantId }: LineMail, lease: EffectLease): Promise<void> {
    await this.unitOfWork.run({ actor, traceId: null, lease }, async (tx) => {
      await tx.mails.hold({ requestId, sequence, tenantId, heldAt: this.clock.now() });
      const [oldest] = (await tx.mails.heldFor(requestId, 1)).mails;
      const digest = { requestId: oldest?.requestId ?? requestId, sequence: digestOfContact };
      await tx.effects.add([{ type: 'send-notification', ...digest }]);
      await tx.effects.settle({ kind: 'done' });
    });
  }

  private async sendDigest(requestId: string, lease: EffectLease): Promise<void> {
    const now = this.clock.now();
    const digest = await this.unitOfWork.read({ actor }, (tx) => composeDigest(tx, requestId, now));
    // Told before, or the contact was erased.
    if (digest === null) return this.settled(lease);
    const dueAt = endOfDay(digest.since);
    if (now < dueAt) {
      await this.unitOfWork.run({ actor, traceId: null, lease }, (tx) =>
        tx.effects.settle({ kind: 'again', dueAt }),
      );
      return;
    }
    await this.send(digest, lease);
    await this.unitOfWork.run({ actor, traceId: null, lease }, async (tx) => {
      await tx.mails.forget(requestId, digest.until);
      await tx.effects.settle({ kind: 'done' });
    });
  }

  private async send(mail: Parameters<Notifier['send']>[0], lease: EffectLease): Promise<void> {
    // A mail cannot be taken back: it is sent by whoever still holds the right to.
    if (!lease.isHeld()) throw new LeaseLost();
    await this.notifier.send(mail);
  }

  private outside<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.unitOfWork.run({ actor, traceId: null }, work);
  }

  private async settled(lease: EffectLease): Promise<void> {
    await this.unitOfWork.run({ actor, traceId: null, lease }, (tx) => tx.effects.settle({ kind: 'done' }));
  }
}

/** Lines of a history are counted from 1: what is asked for with this number is the digest of the request's contact. */
const digestOfContact = 0;

const actor = systemActor('send-notification');
