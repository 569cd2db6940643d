import { Controller } from '@nestjs/common';
import { AddNote } from '../../application/add-note.js';
import { ApproveRequest } from '../../application/approve-request.js';
import { ClaimRequest } from '../../application/claim-request.js';
import { DenyRequest } from '../../application/deny-request.js';
import { ReviewQueue } from '../../application/queries/review-queue.js';
import { ReviewRequest } from '../../application/queries/review-request.js';
import { RecheckRequest } from '../../application/recheck-request.js';
import { ReleaseRequest } from '../../application/release-request.js';
import { RequestInformation } from '../../application/request-information.js';
import { TakeClaimOver } from '../../application/take-claim-over.js';
import type { NoteView, QueueItem } from '../../application/views/review-view.js';
import { Cursors } from '../cursor.js';
import { In, type InputOf } from '../incoming.js';
import { rendered } from '../rendered.js';
import { On } from '../route.js';
import * as routes from './review.routes.js';

const shown = (item: QueueItem) => rendered(200, item);

@Controller()
export class ReviewController {
  constructor(
    private readonly queue: ReviewQueue,
    private readonly review: ReviewRequest,
    private readonly cursors: Cursors,
  ) {}

  @On(routes.reviewQueue)
  async reviewQueue(@In() { call, query }: InputOf<typeof routes.reviewQueue>) {
    const {
      state,
      verdict = null,
      assignee = null,
      partnerTenantId = null,
      offer = null,
      overdue = null,
      sort,
    } = query;
    const listing = { caller: call.actor, path: routes.reviewQueue.path, query };
    const filter = {
      states: state === undefined ? null : [state],
      verdict,
      assignee,
      partnerTenantId,
      offer,
      overdue,
      sort,
    };
    const { items, next } = await this.queue.run(call, filter, this.cursors.pageOf(listing, query));
    return this.cursors.render(
      listing,
      items.map(({ version: _version, ...item }) => item),
      next,
    );
  }

  @On(routes.reviewRequest)
  async reviewRequest(@In() { call, params }: InputOf<typeof routes.reviewRequest>) {
    return rendered(200, await this.review.run(call, params.id));
  }
}

@Controller()
export class DecisionController {
  constructor(
    private readonly approve: ApproveRequest,
    private readonly deny: DenyRequest,
    private readonly ask: RequestInformation,
    private readonly recheck: RecheckRequest,
  ) {}

  @On(routes.approveRequest)
  approveRequest(@In() input: InputOf<typeof routes.approveRequest>) {
    const { expiresOn = null, conditions = null, replacesFirstTerms, ...body } = input.body;
    const replaces = replacesFirstTerms?.reason ?? null;
    const command = {
      ...body,
      requestId: input.params.id,
      expiresOn,
      conditions,
      replacesFirstTerms: replaces,
    };
    return input.once((call) => this.approve.run(call, command), shown);
  }

  @On(routes.denyRequest)
  denyRequest(@In() input: InputOf<typeof routes.denyRequest>) {
    const { applyAgainOn = null, ...body } = input.body;
    return input.once(
      (call) => this.deny.run(call, { requestId: input.params.id, ...body, applyAgainOn }),
      shown,
    );
  }

  @On(routes.requestInformation)
  requestInformation(@In() input: InputOf<typeof routes.requestInformation>) {
    return input.once((call) => this.ask.run(call, { requestId: input.params.id, ...input.body }), shown);
  }

  @On(routes.recheckRequest)
  recheckRequest(@In() input: InputOf<typeof routes.recheckRequest>) {
    return input.once((call) => this.recheck.run(call, { requestId: input.params.id, ...input.body }), shown);
  }
}

@Controller()
export class DeskController {
  constructor(
    private readonly claim: ClaimRequest,
    private readonly release: ReleaseRequest,
    private readonly takeOver: TakeClaimOver,
    private readonly note: AddNote,
  ) {}

  @On(routes.claimRequest)
  claimRequest(@In() input: InputOf<typeof routes.claimRequest>) {
    return input.once((call) => this.claim.run(call, { requestId: input.params.id }), shown);
  }

  @On(routes.takeClaimOver)
  takeClaimOver(@In() input: InputOf<typeof routes.takeClaimOver>) {
    return input.once(
      (call) => this.takeOver.run(call, { requestId: input.params.id, ...input.body }),
      shown,
    );
  }

  @On(routes.releaseRequest)
  releaseRequest(@In() input: InputOf<typeof routes.releaseRequest>) {
    return input.once((call) => this.release.run(call, { requestId: input.params.id }), shown);
  }

  @On(routes.addNote)
  addNote(@In() input: InputOf<typeof routes.addNote>) {
    const created = (view: NoteView) => rendered(201, view);
    return input.once(
      (call) => this.note.run(call, { requestId: input.params.id, text: input.body.text }),
      created,
    );
  }
}
