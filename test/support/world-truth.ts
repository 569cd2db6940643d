import { Json } from '../../launch/demo/desk.js';
import { latestRestarts } from '../../src/application/views/machine-row.js';
import type { Caller } from '../../src/domain/access/actor.js';
import type { Keyset } from '../../src/domain/ports/aggregate-stores.js';
import type { UnitOfWork } from '../../src/domain/ports/unit-of-work.js';
import { everywhereOf } from './open-hosts.js';
import { openAfterTheEnd, openHosts, tableOf } from './truth.js';
import type { ExemptionWord, Word } from './word.js';

/** Postern without its API: its stores, and somebody who may read them all. */
interface Stores {
  readonly unitOfWork: UnitOfWork;
  readonly staff: Caller;
  readonly clockMarginMs: number;
}

/**
 * Throws a table where, at the end of a test, a right that has ended left a machine open in any subscription, or a machine
 * that is open elsewhere is said to be gone (I19). Nobody looks any more by then: what Postern would have seen later is not
 * held against it.
 */
export async function rightsLeftNothingOpen(stores: Stores, emulatorUrl: string): Promise<void> {
  const response = await fetch(`${emulatorUrl}/_control/port25`);
  const everywhere = everywhereOf(new Json(await response.json()));
  const { exemptions, rows } = await wordsOf(stores);
  // A machine without a row may have come to light later.
  const said = ({ id }: ExemptionWord, vmId: string) => rows.get(id)?.find((word) => word.vmId === vmId);
  const found = [
    ...openAfterTheEnd(exemptions, everywhere, stores),
    ...openHosts(exemptions, everywhere, said, stores),
  ];
  if (found.length > 0) throw new Error(`the truth and Postern’s records disagree:\n${tableOf(found)}`);
}

async function wordsOf({ unitOfWork, staff }: Stores) {
  return unitOfWork.read({ actor: staff }, async (tx) => {
    const exemptions: ExemptionWord[] = [];
    const rows = new Map<string, readonly Word[]>();
    const everything = { states: null, subscriptionId: null, needsHuman: null };
    for (let after: Keyset | null | undefined = null; after !== undefined;) {
      const page = await tx.exemptions.list(everything, { after, limit: 200 });
      for (const { id, subscriptionId, state, grantedAt, endedAt } of page) {
        const { movedAt = null } = (await tx.gates.find(subscriptionId)) ?? {};
        exemptions.push({ id, subscriptionId, state, gateMovedAt: movedAt, grantedAt, endedAt });
        const machines = new Map(
          (await tx.machines.ofSubscription(subscriptionId)).map((machine) => [machine.vmId, machine]),
        );
        const restarts = latestRestarts(await tx.restarts.ofExemption(id));
        rows.set(
          id,
          restarts.map(({ vmId, name, state: step }) => {
            const isGone = machines.get(vmId)?.gone === true;
            return { vmId, name, state: isGone ? 'gone' : step, exempt: false };
          }),
        );
      }
      const last = page.length < 200 ? undefined : page.at(-1);
      after = last === undefined ? undefined : { sort: last.grantedAt, id: last.id };
    }
    return { exemptions, rows };
  });
}
