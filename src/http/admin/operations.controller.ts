import { Controller } from '@nestjs/common';
import { AdoptGateFence } from '../../application/adopt-gate-fence.js';
import { DescribePacks } from '../../application/queries/describe-packs.js';
import { DescribeSettings } from '../../application/queries/describe-settings.js';
import { ListEffects } from '../../application/queries/list-effects.js';
import { RequeueEffect } from '../../application/requeue-effect.js';
import type { AdminExemptionView } from '../../application/views/exemption-view.js';
import type { EffectView } from '../../application/views/effect-view.js';
import { Cursors } from '../cursor.js';
import { In, type InputOf } from '../incoming.js';
import { rendered } from '../rendered.js';
import { On } from '../route.js';
import * as routes from './admin.routes.js';

@Controller()
export class OperationsController {
  constructor(
    private readonly effects: ListEffects,
    private readonly requeue: RequeueEffect,
    private readonly adopt: AdoptGateFence,
    private readonly cursors: Cursors,
  ) {}

  @On(routes.listEffects)
  async listEffects(@In() { call, query }: InputOf<typeof routes.listEffects>) {
    const listing = { caller: call.actor, path: routes.listEffects.path, query };
    const { items, next } = await this.effects.run(
      call,
      query.state ?? null,
      this.cursors.pageOf(listing, query),
    );
    return this.cursors.render(listing, items, next);
  }

  @On(routes.requeueEffect)
  requeueEffect(@In() input: InputOf<typeof routes.requeueEffect>) {
    const shown = (view: EffectView) => rendered(200, { ...view });
    return input.once((call) => this.requeue.run(call, { effectId: input.params.id }), shown);
  }

  @On(routes.adoptGateFence)
  adoptGateFence(@In() input: InputOf<typeof routes.adoptGateFence>) {
    const shown = (view: AdminExemptionView) => rendered(200, view);
    return input.once((call) => this.adopt.run(call, { subscriptionId: input.params.subscriptionId }), shown);
  }
}

@Controller()
export class PolicyController {
  constructor(
    private readonly packs: DescribePacks,
    private readonly settings: DescribeSettings,
  ) {}

  @On(routes.listPacks)
  listPacks(@In() _input: InputOf<typeof routes.listPacks>) {
    return rendered(200, { items: this.packs.all(), nextCursor: null });
  }

  @On(routes.findPack)
  findPack(@In() { params }: InputOf<typeof routes.findPack>) {
    return rendered(200, { ...this.packs.one(params.pack) });
  }

  @On(routes.describeSettings)
  describeSettings(@In() _input: InputOf<typeof routes.describeSettings>) {
    return rendered(200, { ...this.settings.run() });
  }
}
