import { Controller } from '@nestjs/common';
import { AskControlProof } from '../../application/ask-control-proof.js';
import { ListControlProofs } from '../../application/queries/list-control-proofs.js';
import { Cursors } from '../cursor.js';
import { In, type InputOf } from '../incoming.js';
import { rendered } from '../rendered.js';
import { On } from '../route.js';
import * as routes from './partner.routes.js';

@Controller()
export class ControlProofController {
  constructor(
    private readonly ask: AskControlProof,
    private readonly proofs: ListControlProofs,
    private readonly cursors: Cursors,
  ) {}

  @On(routes.askControlProof)
  askControlProof(@In() input: InputOf<typeof routes.askControlProof>) {
    return input.once(
      (call) => this.ask.run(call, input.params.subscriptionId),
      (proof) => rendered(201, proof),
    );
  }

  @On(routes.listControlProofs)
  async listControlProofs(@In() { call, params, query }: InputOf<typeof routes.listControlProofs>) {
    const path = routes.listControlProofs.path.replace(':subscriptionId', params.subscriptionId);
    const listing = { caller: call.actor, path, query };
    const page = this.cursors.pageOf(listing, query);
    const { items, next } = await this.proofs.run(call, params.subscriptionId, page);
    return this.cursors.render(listing, items, next);
  }
}
