import { Injectable } from '@nestjs/common';
import { systemActor } from '../domain/access/actor.js';
import { type Evidence, evidenceRank, type Machine } from '../domain/enforcement/machine.js';
import type { Instant } from '../domain/instants.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';

const actor = systemActor('event-grid');

/** What the cloud sent word of: an operation on a machine or a scale set, perhaps more than once, perhaps long ago. */
export interface CloudHint {
  /** The sender's own id of the event: the same however often it is delivered. */
  readonly eventId: string;
  readonly subscriptionId: string;
  /** In lower case. */
  readonly resourceId: string;
  readonly what: string;
  readonly at: Instant;
}

/**
 * Takes word from the cloud: kept as a hint with the machine that it names, once a machine and fence, since it proves
 * nothing however often it comes, and the machines of the subscription are looked at. Hints about subscriptions without a live exemption leave no trace. Gives how many hints were about others.
 */
@Injectable()
export class RecordCloudHints {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(traceId: string, hints: readonly CloudHint[]): Promise<{ readonly taken: number }> {
    let taken = 0;
    for (const subscriptionId of new Set(hints.map((hint) => hint.subscriptionId))) {
      const theirs = hints.filter((hint) => hint.subscriptionId === subscriptionId);
      const isLive = await this.unitOfWork.run({ actor, traceId }, (tx) => take(tx, subscriptionId, theirs));
      if (isLive) taken += theirs.length;
    }
    return { taken };
  }
}

async function take(tx: Transaction, subscriptionId: string, hints: readonly CloudHint[]): Promise<boolean> {
  const exemption = await tx.exemptions.findLive(subscriptionId);
  if (exemption === null) return false;
  const known = (await tx.machines.ofSubscription(subscriptionId)).filter(({ gone }) => !gone);
  const byPlace = new Map(known.map((machine) => [machine.resourceId.toLowerCase(), machine]));
  const evidence = hints.flatMap((hint) => {
    const machine = byPlace.get(hint.resourceId);
    return machine === undefined ? [] : [evidenceOf(machine, hint, exemption.fence)];
  });
  await tx.evidence.addAll(evidence);
  await tx.effects.add([{ type: 'conduct-restarts', exemptionId: exemption.id }]);
  return true;
}

function evidenceOf({ subscriptionId, tenantId, vmId }: Machine, hint: CloudHint, fence: number): Evidence {
  const source = `${evidenceRank['event-grid']}: Event Grid, ${hint.what}, event ${hint.eventId}`;
  const kept = { kind: 'event-grid', fact: 'hinted', at: hint.at, source, operation: null } as const;
  return { subscriptionId, tenantId, vmId, ...kept, fence };
}
