import { scopeOf } from '../../domain/access/scope.js';
import { notFound } from '../../domain/refusals.js';
import { type Listed, cutToPage } from '../views/listed.js';
import { compare, latestRestarts, presentMachine, shownEvidence } from '../views/machine-row.js';
import { whereForReader } from '../views/where-for-reader.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import type { MachineRow } from '../views/exemption-view.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type { Call } from '../call.js';

/** The tracker: one row a machine, with what is known of it and why. Sorted by name. */
@Injectable()
export class ListExemptionMachines {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, exemptionId: string, page: Page): Promise<Listed<MachineRow>> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const exemption = await tx.exemptions.find(scopeOf(call.actor), exemptionId, this.clock.now());
      if (exemption === null) throw notFound();
      const { after } = page;
      const all = latestRestarts(await tx.restarts.ofExemption(exemption.id));
      const beyond =
        after === null
          ? all
          : all.filter(
              ({ name, vmId }) =>
                compare(name, after.sort) > 0 || (name === after.sort && compare(vmId, after.id) > 0),
            );
      const { rows, next } = cutToPage(beyond.slice(0, page.limit + 1), page, ({ name, vmId }) => ({
        sort: name,
        id: vmId,
      }));
      const known = await tx.machines.ofSubscription(exemption.subscriptionId);
      const machines = new Map(known.map((machine) => [machine.vmId, machine]));
      const gate = await tx.gates.find(exemption.subscriptionId);
      const logProblem = (await tx.conduct.find(exemption.id))?.logProblem ?? null;
      const vmIds = rows.map(({ vmId }) => vmId);
      const evidence = await shownEvidence(tx, exemption.subscriptionId, vmIds);
      const shown = rows.flatMap(({ vmId }) => machines.get(vmId) ?? []);
      const now = this.clock.now();
      const where = await whereForReader(tx, call.actor, exemption, { machines: shown, now });
      const items = rows.map((restart) =>
        presentMachine(restart, exemption, {
          machine: machines.get(restart.vmId) ?? null,
          elsewhere: where(machines.get(restart.vmId) ?? null),
          gate,
          evidence: evidence.filter(({ vmId }) => vmId === restart.vmId),
          logProblem,
        }),
      );
      return { items, next };
    });
  }
}
