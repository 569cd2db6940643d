import { Injectable } from '@nestjs/common';
import { Ids } from '../domain/ports/ids.js';
import type { Erasure } from '../domain/ports/people-stores.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { notFound } from '../domain/refusals.js';
import type { Call } from './call.js';
import { recordErasure } from './record-erasure.js';

export interface EraseContactCommand {
  readonly email: string;
  readonly reason: string;
}

/**
 * Erases somebody who has no account here and was only named: their address, their name beside it, and what was written
 * about these requests with either in it (docs/privacy.md). The requests go on; nobody is mailed about them any more.
 * 404 where no request names the address.
 */
@Injectable()
export class EraseContact {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: Ids,
  ) {}

  run(call: Call, { email, reason }: EraseContactCommand): Promise<Erasure> {
    return this.unitOfWork.run(call, async (tx) => {
      const erasure = await tx.people.eraseContact(email);
      if (erasure === null) throw notFound();
      await recordErasure(tx, this.ids, call, { action: 'contact-erased', erasure, reason });
      return erasure;
    });
  }
}
