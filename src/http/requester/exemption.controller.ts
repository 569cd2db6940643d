import { Controller } from '@nestjs/common';
import { RecordStatement } from '../../application/record-statement.js';
import { FindExemption } from '../../application/queries/find-exemption.js';
import { ListExemptionMachines } from '../../application/queries/list-exemption-machines.js';
import { SetRestartPlan } from '../../application/set-restart-plan.js';
import { Cursors } from '../cursor.js';
import { In, type InputOf } from '../incoming.js';
import { rendered } from '../rendered.js';
import { On } from '../route.js';
import * as routes from './requester.routes.js';

@Controller()
export class ExemptionController {
  constructor(
    private readonly one: FindExemption,
    private readonly machines: ListExemptionMachines,
    private readonly plan: SetRestartPlan,
    private readonly statement: RecordStatement,
    private readonly cursors: Cursors,
  ) {}

  @On(routes.findExemption)
  async findExemption(@In() { call, params }: InputOf<typeof routes.findExemption>) {
    return rendered(200, await this.one.run(call, params.id));
  }

  @On(routes.listMachines)
  async listMachines(@In() { call, params, query }: InputOf<typeof routes.listMachines>) {
    const listing = { caller: call.actor, path: routes.listMachines.path.replace(':id', params.id), query };
    const { items, next } = await this.machines.run(call, params.id, this.cursors.pageOf(listing, query));
    return this.cursors.render(listing, items, next);
  }

  @On(routes.setRestartPlan)
  async setRestartPlan(@In() { call, params, body }: InputOf<typeof routes.setRestartPlan>) {
    return rendered(200, await this.plan.run(call, { exemptionId: params.id, plan: body }));
  }

  @On(routes.stateCycled)
  stateCycled(@In() input: InputOf<typeof routes.stateCycled>) {
    const command = { exemptionId: input.params.id, vmId: input.params.vmId };
    return input.once(
      (call) => this.statement.run(call, command),
      (row) => rendered(200, row),
    );
  }
}
