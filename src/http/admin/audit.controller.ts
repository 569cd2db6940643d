import { Controller } from '@nestjs/common';
import { FindAuditProof } from '../../application/queries/find-audit-proof.js';
import { ListAuditCheckpoints } from '../../application/queries/list-audit-checkpoints.js';
import { ListAuditEntries } from '../../application/queries/list-audit-entries.js';
import { Cursors } from '../cursor.js';
import { In, type InputOf } from '../incoming.js';
import { rendered } from '../rendered.js';
import { On } from '../route.js';
import * as routes from './audit.routes.js';

@Controller()
export class AuditController {
  constructor(
    private readonly entries: ListAuditEntries,
    private readonly checkpoints: ListAuditCheckpoints,
    private readonly proofs: FindAuditProof,
    private readonly cursors: Cursors,
  ) {}

  @On(routes.listAuditEntries)
  async listEntries(@In() { call, query }: InputOf<typeof routes.listAuditEntries>) {
    const listing = { caller: call.actor, path: routes.listAuditEntries.path, query };
    const filter = {
      subjectId: query.subject ?? null,
      actorId: query.actor ?? null,
      action: query.action ?? null,
      since: query.since ?? null,
      until: query.until ?? null,
    };
    const { items, next } = await this.entries.run(call, filter, this.cursors.pageOf(listing, query));
    return this.cursors.render(listing, items, next);
  }

  @On(routes.listAuditCheckpoints)
  async listCheckpoints(@In() { call, query }: InputOf<typeof routes.listAuditCheckpoints>) {
    const listing = { caller: call.actor, path: routes.listAuditCheckpoints.path, query };
    const page = this.cursors.pageOf(listing, query);
    const { items, next } = await this.checkpoints.run(call, query.from ?? null, page);
    return this.cursors.render(listing, items, next);
  }

  @On(routes.findAuditProof)
  async findProof(@In() { call, params }: InputOf<typeof routes.findAuditProof>) {
    return rendered(200, await this.proofs.run(call, params.entryId));
  }
}
