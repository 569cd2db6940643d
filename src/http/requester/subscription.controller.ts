import { Controller } from '@nestjs/common';
import { ExplainEligibility, type ExplainEligibilityCommand } from '../../application/explain-eligibility.js';
import { FindSubscription } from '../../application/queries/find-subscription.js';
import { ListSubscriptions } from '../../application/queries/list-subscriptions.js';
import { Cursors } from '../cursor.js';
import { In, type InputOf } from '../incoming.js';
import { rendered } from '../rendered.js';
import { On } from '../route.js';
import * as routes from './requester.routes.js';
import { definedOnly } from './submit-command.js';

@Controller()
export class SubscriptionController {
  constructor(
    private readonly explain: ExplainEligibility,
    private readonly one: FindSubscription,
    private readonly subscriptions: ListSubscriptions,
    private readonly cursors: Cursors,
  ) {}

  @On(routes.explainEligibility)
  async explainEligibility(@In() { call, body }: InputOf<typeof routes.explainEligibility>) {
    const { pack = null, asOf = null } = body;
    return rendered(200, await this.explain.run(call, { about: aboutOf(body), pack, asOf }));
  }

  @On(routes.listSubscriptions)
  async listSubscriptions(@In() { call, query }: InputOf<typeof routes.listSubscriptions>) {
    const listing = { caller: call.actor, path: routes.listSubscriptions.path, query };
    const { items, next } = await this.subscriptions.run(call, this.cursors.pageOf(listing, query));
    return this.cursors.render(listing, items, next);
  }

  @On(routes.findSubscription)
  async findSubscription(@In() { call, params }: InputOf<typeof routes.findSubscription>) {
    return rendered(200, await this.one.run(call, params.subscriptionId));
  }
}

function aboutOf(
  body: InputOf<typeof routes.explainEligibility>['body'],
): ExplainEligibilityCommand['about'] {
  if ('subscriptionId' in body) {
    return { subscriptionId: body.subscriptionId, restart: definedOnly(body.restart ?? {}) };
  }
  const { offer, createdAt, state = null, partnerTenantId = null, billing = null } = body;
  return { facts: { offer, createdAt, state, partnerTenantId, billing } };
}
