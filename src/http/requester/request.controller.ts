import { Controller } from '@nestjs/common';
import { GiveInformation } from '../../application/give-information.js';
import { ListRequests } from '../../application/queries/list-requests.js';
import { FindRequest } from '../../application/queries/find-request.js';
import { SubmitRequest } from '../../application/submit-request.js';
import { WithdrawRequest } from '../../application/withdraw-request.js';
import type { RequestView } from '../../application/views/request-view.js';
import { Cursors } from '../cursor.js';
import { In, type InputOf } from '../incoming.js';
import { rendered } from '../rendered.js';
import { On } from '../route.js';
import * as routes from './requester.routes.js';
import { commandOf, definedOnly } from './submit-command.js';

/** A request that was filed, as it is answered. */
export const created = (view: RequestView) => rendered(201, view, { location: view.links.self });
const shown = (view: RequestView) => rendered(200, view);

@Controller()
export class RequestWritingController {
  constructor(
    private readonly submit: SubmitRequest,
    private readonly give: GiveInformation,
    private readonly withdraw: WithdrawRequest,
  ) {}

  @On(routes.submitRequest)
  submitRequest(@In() input: InputOf<typeof routes.submitRequest>) {
    const command = commandOf(input.body);
    return input.once((call) => this.submit.run(call, command), created);
  }

  @On(routes.giveInformation)
  giveInformation(@In() input: InputOf<typeof routes.giveInformation>) {
    const { answer, sending } = input.body;
    const command = {
      requestId: input.params.id,
      answer,
      sending: sending === undefined ? null : definedOnly(sending),
    };
    return input.once((call) => this.give.run(call, command), shown);
  }

  @On(routes.withdrawRequest)
  withdrawRequest(@In() input: InputOf<typeof routes.withdrawRequest>) {
    const command = { requestId: input.params.id, reason: input.body.reason ?? null };
    return input.once((call) => this.withdraw.run(call, command), shown);
  }
}

@Controller()
export class RequestReadingController {
  constructor(
    private readonly requests: ListRequests,
    private readonly one: FindRequest,
    private readonly cursors: Cursors,
  ) {}

  @On(routes.listRequests)
  async listRequests(@In() { call, query }: InputOf<typeof routes.listRequests>) {
    const {
      state = null,
      status = null,
      subscriptionId = null,
      customerTenantId = null,
      createdAfter = null,
    } = query;
    const listing = { caller: call.actor, path: routes.listRequests.path, query };
    const filter = { state, status, subscriptionId, customerTenantId, createdAfter };
    const { items, next } = await this.requests.run(call, filter, this.cursors.pageOf(listing, query));
    return this.cursors.render(
      listing,
      items.map(({ version: _version, ...item }) => item),
      next,
    );
  }

  @On(routes.findRequest)
  async findRequest(@In() { call, params }: InputOf<typeof routes.findRequest>) {
    return shown(await this.one.run(call, params.id));
  }
}
