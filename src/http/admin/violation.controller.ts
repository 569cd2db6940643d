import { Controller } from '@nestjs/common';
import { ConfirmViolation } from '../../application/confirm-violation.js';
import { DismissViolation } from '../../application/dismiss-violation.js';
import { ListViolations } from '../../application/queries/list-violations.js';
import { RecordViolation } from '../../application/record-violation.js';
import type { ViolationView } from '../../application/views/violation-view.js';
import { Cursors } from '../cursor.js';
import { In, type InputOf } from '../incoming.js';
import { rendered } from '../rendered.js';
import { On } from '../route.js';
import * as routes from './admin.routes.js';

const shown = (status: number) => (view: ViolationView) => rendered(status, view);

@Controller()
export class ViolationController {
  constructor(
    private readonly record: RecordViolation,
    private readonly violations: ListViolations,
    private readonly confirm: ConfirmViolation,
    private readonly dismiss: DismissViolation,
    private readonly cursors: Cursors,
  ) {}

  @On(routes.recordViolation)
  recordViolation(@In() input: InputOf<typeof routes.recordViolation>) {
    return input.once((call) => this.record.run(call, input.body), shown(201));
  }

  @On(routes.listViolations)
  async listViolations(@In() { call, query }: InputOf<typeof routes.listViolations>) {
    const listing = { caller: call.actor, path: routes.listViolations.path, query };
    const filter = {
      states: query.state === undefined ? null : [query.state],
      exemptionId: query.exemptionId ?? null,
    };
    const { items, next } = await this.violations.run(call, filter, this.cursors.pageOf(listing, query));
    return this.cursors.render(
      listing,
      items.map(({ version: _version, ...item }) => item),
      next,
    );
  }

  @On(routes.confirmViolation)
  confirmViolation(@In() input: InputOf<typeof routes.confirmViolation>) {
    return input.once(
      (call) => this.confirm.run(call, { violationId: input.params.id, ...input.body }),
      shown(200),
    );
  }

  @On(routes.dismissViolation)
  dismissViolation(@In() input: InputOf<typeof routes.dismissViolation>) {
    return input.once(
      (call) => this.dismiss.run(call, { violationId: input.params.id, ...input.body }),
      shown(200),
    );
  }
}
