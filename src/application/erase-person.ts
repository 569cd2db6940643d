import { Injectable } from '@nestjs/common';
import { Ids } from '../domain/ports/ids.js';
import type { AwaitsAnother, Erasure, Person } from '../domain/ports/people-stores.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { conflict, conflicts, notFound } from '../domain/refusals.js';
import type { Call } from './call.js';
import { recordErasure } from './record-erasure.js';

export interface ErasePersonCommand {
  readonly objectId: string;
  /** Null where the object id says enough: it acted from one tenant only. */
  readonly tenantId: string | null;
  readonly reason: string;
}

/**
 * Erases what is kept of somebody with an account, and puts a pseudonym in their place wherever history needs one
 * (docs/privacy.md). 404 for whom nothing is kept of, 409 where something waits for somebody else than them: after the
 * erasure nobody could tell any more whether it is somebody else.
 */
@Injectable()
export class ErasePerson {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: Ids,
  ) {}

  run(call: Call, command: ErasePersonCommand): Promise<Erasure> {
    return this.unitOfWork.run(call, async (tx) => {
      const person = await theOneMeant(tx, command);
      await tx.people.hold(person);
      mustBeNeededByNobody(await tx.people.awaitingAnother(person));
      const erasure = await tx.people.erase(person);
      if (erasure === null) throw notFound();
      await recordErasure(tx, this.ids, call, { action: 'person-erased', erasure, reason: command.reason });
      return erasure;
    });
  }
}

async function theOneMeant(tx: Transaction, { objectId, tenantId }: ErasePersonCommand): Promise<Person> {
  const known = await tx.people.tenantsOf(objectId);
  const [meant, ...others] = known.filter((tenant) => tenantId === null || tenant === tenantId);
  if (meant === undefined) throw notFound();
  if (others.length === 0) return { tenantId: meant, objectId };
  throw conflict(
    'person-ambiguous',
    `People of this id have acted from ${String(others.length + 1)} tenants.`,
    'Name the tenant of the one who is meant, in tenantId.',
  );
}

function mustBeNeededByNobody(awaiting: readonly AwaitsAnother[]): void {
  if (awaiting.length === 0) return;
  throw conflicts(
    awaiting.map(({ aggregate, id }) => ({
      code: 'awaits-another-person',
      message:
        aggregate === 'request'
          ? `Request ${id} has its first approval from this person, and waits for the second from somebody else.`
          : `Exemption ${id} was suspended by this person, and only somebody else may reinstate it.`,
      nextStep:
        aggregate === 'request'
          ? 'Let an Approver decide the request, then erase the person.'
          : 'Let an Approver reinstate or revoke the exemption, then erase the person.',
    })),
  );
}
