import { Controller } from '@nestjs/common';
import { ListExemptions } from '../../application/queries/list-exemptions.js';
import { ReviewExemption } from '../../application/queries/review-exemption.js';
import { ReinstateExemption } from '../../application/reinstate-exemption.js';
import { RetryRestart } from '../../application/retry-restart.js';
import { RevokeExemption } from '../../application/revoke-exemption.js';
import { SkipRestart } from '../../application/skip-restart.js';
import { SuspendExemption } from '../../application/suspend-exemption.js';
import type { AdminExemptionView, MachineRow } from '../../application/views/exemption-view.js';
import { Cursors } from '../cursor.js';
import { In, type InputOf } from '../incoming.js';
import { rendered } from '../rendered.js';
import { On } from '../route.js';
import * as routes from './admin.routes.js';

const accepted = (view: AdminExemptionView) => rendered(202, view);
const machine = (row: MachineRow) => rendered(200, { ...row });

@Controller()
export class ExemptionReviewController {
  constructor(
    private readonly exemptions: ListExemptions,
    private readonly review: ReviewExemption,
    private readonly cursors: Cursors,
  ) {}

  @On(routes.listExemptions)
  async listExemptions(@In() { call, query }: InputOf<typeof routes.listExemptions>) {
    const listing = { caller: call.actor, path: routes.listExemptions.path, query };
    const filter = {
      states: query.state === undefined ? null : [query.state],
      subscriptionId: query.subscriptionId ?? null,
      needsHuman: query.needsHuman ?? null,
    };
    const { items, next } = await this.exemptions.run(call, filter, this.cursors.pageOf(listing, query));
    return this.cursors.render(
      listing,
      items.map(({ version: _version, ...item }) => item),
      next,
    );
  }

  @On(routes.reviewExemption)
  async reviewExemption(@In() { call, params }: InputOf<typeof routes.reviewExemption>) {
    return rendered(200, await this.review.run(call, params.id));
  }
}

@Controller()
export class ExemptionDecisionController {
  constructor(
    private readonly suspend: SuspendExemption,
    private readonly reinstate: ReinstateExemption,
    private readonly revoke: RevokeExemption,
  ) {}

  @On(routes.suspendExemption)
  suspendExemption(@In() input: InputOf<typeof routes.suspendExemption>) {
    const command = {
      exemptionId: input.params.id,
      ...input.body,
      violationId: input.body.violationId ?? null,
    };
    return input.once((call) => this.suspend.run(call, command), accepted);
  }

  @On(routes.reinstateExemption)
  reinstateExemption(@In() input: InputOf<typeof routes.reinstateExemption>) {
    return input.once(
      (call) => this.reinstate.run(call, { exemptionId: input.params.id, ...input.body }),
      accepted,
    );
  }

  @On(routes.revokeExemption)
  revokeExemption(@In() input: InputOf<typeof routes.revokeExemption>) {
    const command = {
      exemptionId: input.params.id,
      ...input.body,
      violationId: input.body.violationId ?? null,
    };
    return input.once((call) => this.revoke.run(call, command), accepted);
  }
}

@Controller()
export class RestartController {
  constructor(
    private readonly retry: RetryRestart,
    private readonly skip: SkipRestart,
  ) {}

  @On(routes.retryRestart)
  retryRestart(@In() input: InputOf<typeof routes.retryRestart>) {
    const { id: exemptionId, vmId } = input.params;
    return input.once(
      (call) => this.retry.run(call, { exemptionId, vmId, reason: input.body.reason }),
      machine,
    );
  }

  @On(routes.skipRestart)
  skipRestart(@In() input: InputOf<typeof routes.skipRestart>) {
    const { id: exemptionId, vmId } = input.params;
    return input.once(
      (call) => this.skip.run(call, { exemptionId, vmId, reason: input.body.reason }),
      machine,
    );
  }
}
