import { Injectable } from '@nestjs/common';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import { Clock } from '../../domain/ports/clock.js';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { forbidden } from '../../domain/refusals.js';
import type { Call } from '../call.js';
import { type Listed, cutToPage, withOneMore } from '../views/listed.js';
import { presentCustomer, type PortfolioItem } from '../views/portfolio-view.js';

/** For each customer and party: what is due first. The rest is counted, and found through the list of requests. */
const mostWaiting = 20;

/** A partner's customers, what it filed for them, and what waits for whom. Ended relationships are not in it. */
@Injectable()
export class ReadPortfolio {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  run({ actor }: Call, page: Page): Promise<Listed<PortfolioItem>> {
    if (actor.tenantKind !== 'partner') throw onlyPartners();
    return this.unitOfWork.read({ actor }, async (tx) => {
      const now = this.clock.now();
      const rows = await tx.portfolio.customers(actor.tenantId, withOneMore(page), now);
      const { rows: customers, next } = cutToPage(rows, page, ({ name, relationship }) => ({
        sort: name,
        id: relationship.customerTenantId,
      }));
      const ids = customers.map(({ relationship }) => relationship.customerTenantId);
      const counts = await tx.portfolio.counts(actor.tenantId, ids, now);
      const waiting = await tx.portfolio.waiting(actor.tenantId, ids, mostWaiting, now);
      return { items: customers.map((customer) => presentCustomer(customer, counts, waiting)), next };
    });
  }
}

function onlyPartners() {
  return forbidden(
    'only-partners-have-a-portfolio',
    'A portfolio shows a partner its customers; you call as a customer.',
    'Read your own requests and subscriptions instead.',
  );
}
