import { Controller } from '@nestjs/common';
import { ReadPortfolio } from '../../application/queries/read-portfolio.js';
import { Cursors } from '../cursor.js';
import { In, type InputOf } from '../incoming.js';
import { On } from '../route.js';
import * as routes from './partner.routes.js';

@Controller()
export class PortfolioController {
  constructor(
    private readonly portfolio: ReadPortfolio,
    private readonly cursors: Cursors,
  ) {}

  @On(routes.readPortfolio)
  async readPortfolio(@In() { call, query }: InputOf<typeof routes.readPortfolio>) {
    const listing = { caller: call.actor, path: routes.readPortfolio.path, query };
    const { items, next } = await this.portfolio.run(call, this.cursors.pageOf(listing, query));
    return this.cursors.render(listing, items, next);
  }
}
