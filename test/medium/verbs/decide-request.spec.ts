import pg from 'pg';
import { AddNote } from '../../../src/application/add-note.js';
import { ClaimRequest } from '../../../src/application/claim-request.js';
import { DenyRequest } from '../../../src/application/deny-request.js';
import { ReleaseRequest } from '../../../src/application/release-request.js';
import { TakeClaimOver } from '../../../src/application/take-claim-over.js';
import { WithdrawRequest } from '../../../src/application/withdraw-request.js';
import { ReviewQueue } from '../../../src/application/queries/review-queue.js';
import { ReviewRequest } from '../../../src/application/queries/review-request.js';
import { aRequest, createVerbWorld, freeTrial, refusalOf, type VerbWorld } from './verb-world.js';
import {
  approver,
  approver2,
  by,
  customer,
  operator,
  reviewer,
  reviewer2,
  strangerTenant,
} from './people.js';

let world: VerbWorld;
beforeEach(async () => {
  world = await createVerbWorld();
});
afterEach(() => world.close());

const denial = { reasonCode: 'trust-review-declined', internalReason: 'see findings', applyAgainOn: null };
const deny = (requestId: string, version: number, differs: Partial<typeof denial> = {}) =>
  world.verb(DenyRequest).run(by(reviewer, version), { requestId, ...denial, ...differs });

describe('an approval', () => {
  it('grants the exemption and orders its gate open in the same commit', async () => {
    const request = await world.reviewed(await world.register());
    const approved = await world.approve(reviewer, request);
    expect(approved).toMatchObject({
      state: 'approved',
      status: 'awaiting-restart',
      exemption: { state: 'enabling', progress: { total: 0 } },
      decidedBy: { objectId: reviewer.objectId },
    });
    const gate = await world.unitOfWork.read({ actor: reviewer }, (tx) =>
      tx.gates.find(request.subscriptionId),
    );
    expect(gate).toMatchObject({ state: 'opening', position: 'open', fence: 1, requestId: request.id });
    const due = await world.ledger.claimDue(10, world.clock.now());
    expect(due.map(({ type }) => type).toSorted()).toEqual(['conduct-restarts', 'move-gate']);
  });

  it('says which version it decides on, and is told first what is final (428, 412, 409)', async () => {
    const request = await world.reviewed(await world.register());
    expect(await refusalOf(world.approve(reviewer, { ...request, version: 1 }))).toEqual([
      'stale',
      'stale-version',
    ]);
    const unnamed = world.verb(DenyRequest).run(by(reviewer), { requestId: request.id, ...denial });
    expect(await refusalOf(unnamed)).toEqual(['precondition-required', 'if-match-required']);
    await world.approve(reviewer, request);
    expect(await refusalOf(world.approve(reviewer2, request))).toEqual(['final', 'already-approved']);
  });

  it('is not possible while the checks run', async () => {
    const request = await world.submit(customer, await world.register());
    expect(await refusalOf(world.approve(reviewer, request))).toEqual(['conflict', 'not-possible-now']);
  });

  it('needs a second person, an Approver, above the daily volume (I5)', async () => {
    const many = { sending: { ...aRequest.sending, dailyVolume: 10_001 } };
    const { id } = await world.submit(customer, await world.register(), many);
    await world.runChecks();
    const first = await world.approve(approver, await world.find(customer, id));
    expect([first.state, first.exemption]).toEqual(['second-reviewing', null]);
    expect(await refusalOf(world.approve(reviewer2, first))).toEqual([
      'forbidden',
      'second-approval-needs-approver',
    ]);
    expect(await refusalOf(world.approve(approver, first))).toEqual([
      'forbidden',
      'second-reviewer-must-differ',
    ]);
    expect((await world.approve(approver2, first)).state).toBe('approved');
  });

  it('judges eligibility again with the request’s own pack, and is refused with all reasons', async () => {
    const facts = await world.register();
    const request = await world.reviewed(facts);
    await world.register({ ...facts, offer: freeTrial, state: 'Deleted' });
    expect(await refusalOf(world.approve(reviewer, request))).toEqual([
      'policy',
      'offer-never-eligible',
      'subscription-not-enabled',
    ]);
    await world.register({ ...facts, tenantId: strangerTenant });
    expect(await refusalOf(world.approve(reviewer, request))).toEqual(['final', 'already-withdrawn']);
  });

  it('grants nothing of a subscription that moved, where its request was not ended with it (F27)', async () => {
    const facts = await world.register();
    const request = await world.reviewed(facts);
    // As a process of the version before would have registered it.
    await world.unitOfWork.run(by(operator), (tx) =>
      tx.subscriptions.save({ ...facts, tenantId: strangerTenant }, world.clock.now()),
    );
    expect(await refusalOf(world.approve(reviewer, request))).toEqual(['conflict', 'subscription-moved']);
    const withdrawn = world.verb(WithdrawRequest).run(by(customer), { requestId: request.id, reason: null });
    expect(await refusalOf(withdrawn)).toEqual(['conflict', 'subscription-moved']);
    // Registering it again makes up for it.
    await world.register({ ...facts, tenantId: strangerTenant });
    expect((await world.find(customer, request.id)).status).toBe('withdrawn');
  });

  it('of which two and a denial and a withdrawal come at once, one wins; the others are 409 or 412 (F16)', async () => {
    const request = await world.reviewed(await world.register());
    const { id, version } = request;
    const all = await Promise.allSettled([
      world.approve(reviewer, request),
      world.approve(approver, request),
      deny(id, version),
      world.verb(WithdrawRequest).run(by(customer), { requestId: id, reason: null }),
    ]);
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of all)
      if (one.status === 'rejected')
        expect((await refusalOf(Promise.reject(one.reason as Error)))[0]).toMatch(/^(final|stale|conflict)$/);
  });
});

describe('a denial', () => {
  it('tells the requester why in their words, and lets them ask again after the cooling-down', async () => {
    const facts = await world.register();
    const request = await world.reviewed(facts);
    await deny(request.id, request.version, { reasonCode: 'volume-implausible' });
    const told = await world.find(customer, request.id);
    expect(told.decision).toMatchObject({
      outcome: 'denied',
      reasons: [{ code: 'trust-review-declined' }],
      applyAgainOn: '2026-03-31T12:00:00.000Z',
    });
    expect(JSON.stringify(told)).not.toContain('see findings');
    expect(await refusalOf(world.submit(customer, facts))).toEqual(['policy', 'cooling-down']);
    world.clock.pass(30);
    expect((await world.submit(customer, facts)).state).toBe('checking');
  });

  it('may not carry the code of a check that could not look (I17)', async () => {
    world.outside.dns.blind = true;
    const request = await world.reviewed(await world.register());
    const attempt = deny(request.id, request.version, { reasonCode: 'address-reputation' });
    expect(await refusalOf(attempt)).toEqual(['policy', 'check-could-not-look']);
    expect((await deny(request.id, request.version)).state).toBe('denied');
  });
});

describe('the words of a denial', () => {
  it.each([
    'past-due',
    'account-too-new',
    'customer-must-request',
    'partner-must-request',
    'not-the-reseller',
    'offer-never-eligible',
    'subscription-not-enabled',
    'payment-history-too-low',
    'relay-sufficient',
    'mail-authentication-incomplete',
    'address-reputation',
    'terms-violated',
  ])('never say "%s" of a request of which the product knows better', async (reasonCode) => {
    const request = await world.reviewed(await world.register());
    const attempt = deny(request.id, request.version, { reasonCode });
    expect(await refusalOf(attempt)).toEqual(['policy', 'reason-contradicted']);
    expect((await world.find(customer, request.id)).state).toBe('reviewing');
  });

  it.each(['offer-open', 'domain-not-verified', 'justification-missing', 'no-such-code', 'toString'])(
    'are never "%s": the refusal lists what is usable',
    async (reasonCode) => {
      const request = await world.reviewed(await world.register());
      const attempt = deny(request.id, request.version, { reasonCode });
      await expect(attempt).rejects.toMatchObject({
        kind: 'policy',
        refusals: [{ code: 'reason-not-usable', nextStep: expect.stringContaining('trust-review-declined') }],
      });
    },
  );

  it('may say what became true since the round, and not what is true no more', async () => {
    const facts = await world.register();
    const request = await world.reviewed(facts);
    const owing = { ...facts, billing: { ...facts.billing, pastDue: true } };
    await world.register(owing);
    expect(
      await refusalOf(deny(request.id, request.version, { reasonCode: 'offer-never-eligible' })),
    ).toEqual(['policy', 'reason-contradicted']);
    await deny(request.id, request.version, { reasonCode: 'past-due' });
    // What can be mended waits for nothing.
    const told = await world.find(customer, request.id);
    expect(told.decision).toMatchObject({ applyAgainOn: null, reasons: [{ code: 'past-due' }] });
    await world.register(facts);
    const again = await world.reviewed(facts);
    expect(await refusalOf(deny(again.id, again.version, { reasonCode: 'past-due' }))).toEqual([
      'policy',
      'reason-contradicted',
    ]);
  });
});

describe('a claim', () => {
  it('stands in the way of others until it is released or lapses', async () => {
    const { id, version } = await world.reviewed(await world.register());
    const claimed = await world.verb(ClaimRequest).run(by(reviewer), { requestId: id });
    expect(claimed.claim).toMatchObject({
      by: { objectId: reviewer.objectId },
      until: '2026-03-01T12:30:00.000Z',
    });
    const other = world.verb(ClaimRequest).run(by(reviewer2), { requestId: id });
    expect(await refusalOf(other)).toEqual(['conflict', 'claimed']);
    expect(await refusalOf(world.approve(reviewer2, { id, version }))).toEqual(['conflict', 'claimed']);
    await world.verb(ReleaseRequest).run(by(reviewer), { requestId: id });
    await world.verb(ClaimRequest).run(by(reviewer), { requestId: id });
    world.clock.pass(1 / 47);
    expect((await world.approve(reviewer2, { id, version })).state).toBe('approved');
  });

  it('is taken over by a lead with a reason: a note says why, the former owner is told 409, and it lapses as any', async () => {
    const { id, version } = await world.reviewed(await world.register());
    const takeOver = () =>
      world.verb(TakeClaimOver).run(by(approver), { requestId: id, reason: 'Rita is ill' });
    expect(await refusalOf(takeOver())).toEqual(['conflict', 'not-claimed-by-another']);
    await world.verb(ClaimRequest).run(by(reviewer), { requestId: id });
    expect((await takeOver()).claim).toMatchObject({
      by: { objectId: approver.objectId },
      until: '2026-03-01T12:30:00.000Z',
    });
    expect(await refusalOf(takeOver())).toEqual(['conflict', 'not-claimed-by-another']);
    expect(await refusalOf(world.approve(reviewer, { id, version }))).toEqual(['conflict', 'claimed']);
    const page = await world.verb(ReviewRequest).run(by(reviewer), id);
    expect(page.notes).toMatchObject([
      { by: { objectId: approver.objectId }, text: 'Took the claim over: Rita is ill' },
    ]);
    world.clock.pass(1 / 47);
    expect((await world.approve(reviewer, { id, version })).state).toBe('approved');
  });

  it('that was taken over names both people by commitment in the audit, and nobody by object id', async () => {
    const { id } = await world.reviewed(await world.register());
    await world.verb(ClaimRequest).run(by(reviewer), { requestId: id });
    await world.verb(TakeClaimOver).run(by(approver), { requestId: id, reason: 'Rita is ill' });
    const owner = new pg.Client({ connectionString: world.ownerUrl });
    await owner.connect();
    const { rows } = await owner.query<{ entry: string; lead: string; former: string }>(
      `SELECT to_jsonb(e)::text AS entry, e.actor ->> 'person' AS lead, e.details #>> '{takenFrom,person}' AS former
       FROM audit_entries e WHERE action = 'claim-taken-over'`,
    );
    const people = await owner.query<{ object_id: string; commitment: string }>(
      'SELECT object_id, commitment FROM people',
    );
    await owner.end();
    const commitmentOf = (person: { readonly objectId: string }) =>
      people.rows.find(({ object_id }) => object_id === person.objectId)?.commitment;
    expect(commitmentOf(reviewer)).toMatch(/^[0-9a-f]{64}$/);
    expect(rows).toMatchObject([{ lead: commitmentOf(approver), former: commitmentOf(reviewer) }]);
    expect(rows[0]?.entry).not.toContain(reviewer.objectId);
    expect(rows[0]?.entry).not.toContain('ill');
  });
});

describe('the engineer’s pages', () => {
  it('show the queue by due time with its clocks, page by page', async () => {
    const first = await world.reviewed(await world.register());
    world.clock.pass(3);
    const second = await world.reviewed(await world.register());
    const everything = {
      states: null,
      verdict: null,
      assignee: null,
      partnerTenantId: null,
      offer: null,
      overdue: null,
      sort: 'due',
    } as const;
    const queue = world.verb(ReviewQueue);
    const page = await queue.run(by(reviewer), everything, { after: null, limit: 1 });
    expect(page.items.map(({ id, clock }) => [id, clock.overdue])).toEqual([[first.id, true]]);
    const next = await queue.run(by(reviewer), everything, { after: page.next, limit: 1 });
    expect(next.items.map(({ id, clock }) => [id, clock.overdue])).toEqual([[second.id, false]]);
    expect(next.next).toBeNull();
  });

  it('show everything to decide on; the requester sees none of it', async () => {
    const { id } = await world.reviewed(await world.register({ createdAt: '2026-02-20T00:00:00.000Z' }));
    await world.verb(AddNote).run(by(reviewer), { requestId: id, text: 'known to us' });
    const review = await world.verb(ReviewRequest).run(by(reviewer), id);
    expect(review).toMatchObject({
      verdict: 'doubtful',
      eligibility: { outcome: 'requestable' },
      particulars: { contact: { email: 'ops@example.com' } },
      notes: [{ text: 'known to us' }],
      couldNotLook: [],
      needsSecondApproval: false,
    });
    expect(review.findings).toHaveLength(11);
    expect(review.history.map(({ event }) => event.type)).toEqual(['submitted', 'checksEnded']);
    const seen = JSON.stringify(await world.find(customer, id));
    expect(seen).not.toMatch(/verdict|finding|known to us|young-subscription/);
  });
});
