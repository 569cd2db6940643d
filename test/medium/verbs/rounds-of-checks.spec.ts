import { EndOverdue } from '../../../src/application/end-overdue.js';
import { GiveInformation } from '../../../src/application/give-information.js';
import { RecheckRequest } from '../../../src/application/recheck-request.js';
import { RecordEffectFailure } from '../../../src/application/record-effect-failure.js';
import { RequestHistoryQuery } from '../../../src/application/queries/request-history.js';
import { RequestInformation } from '../../../src/application/request-information.js';
import { ReviewRequest } from '../../../src/application/queries/review-request.js';
import { by, colleague, customer, customerTenant, partner, partnerTenant, reviewer } from './people.js';
import { aRequest, createVerbWorld, csp, refusalOf, type VerbWorld } from './verb-world.js';

let world: VerbWorld;
const open = async (pack?: string) => {
  world = await createVerbWorld(pack);
};
afterEach(() => world.close());

const historyOf = async (id: string) =>
  (await world.verb(RequestHistoryQuery).run(by(customer), id, 0, 50)).items;
const ask = (requestId: string) =>
  world
    .verb(RequestInformation)
    .run(by(reviewer), { requestId, question: 'Which list?', fields: ['sending.optIn'] });
const answer = { answer: 'Our own customers.', sending: { dailyVolume: 20 } };

describe('a round of checks', () => {
  it('ends once when its checks end together', async () => {
    await open();
    const request = await world.reviewed(await world.register());
    expect([request.state, request.version, request.checks]).toEqual([
      'reviewing',
      2,
      { total: 11, finished: 11 },
    ]);
    const events = (await historyOf(request.id)).map(({ event }) => event);
    expect(events).toEqual(['submitted', 'review-begun']);
  });

  it('ends with “could not look” for what has not ended in time', async () => {
    await open();
    const { id } = await world.submit(customer, await world.register());
    await world.runChecks(3);
    expect(await world.verb(EndOverdue).run()).toEqual({ requests: 0, exemptions: 0 });
    world.clock.pass(1);
    expect(await world.verb(EndOverdue).run()).toEqual({ requests: 1, exemptions: 0 });
    const review = await world.verb(ReviewRequest).run(by(reviewer), id);
    expect([review.state, review.verdict, review.couldNotLook.length]).toEqual(['reviewing', 'doubtful', 8]);
  });

  it('ends although one of its checks gave up for good', async () => {
    await open();
    const { id } = await world.submit(customer, await world.register());
    const [dead] = await world.ledger.claimDue(1, world.clock.now());
    const taken = dead === undefined ? null : await world.ledger.takeLease(dead.id, dead.epoch, 60_000);
    if (taken === null) throw new Error('nothing was queued');
    await world.runChecks();
    expect((await world.find(customer, id)).state).toBe('checking');
    await world.verb(RecordEffectFailure).run(taken.effect);
    expect((await world.find(customer, id)).state).toBe('reviewing');
  });

  it('that was superseded says nothing to the present one', async () => {
    await open();
    const { id } = await world.reviewed(await world.register());
    const again = await world.verb(RecheckRequest).run(by(reviewer), { requestId: id, reason: 'look again' });
    expect([again.state, again.round, again.checks.finished]).toEqual(['checking', 2, 0]);
    await world.runChecks();
    const review = await world.verb(ReviewRequest).run(by(reviewer), id);
    expect([review.state, review.findings.length]).toEqual(['reviewing', 22]);
  });
});

describe('a pack that grants by rule', () => {
  it('grants as policy when everything is clear (I5)', async () => {
    await open('P4');
    const request = await world.reviewed(await world.register());
    expect([request.status, request.exemption?.state]).toEqual(['awaiting-restart', 'enabling']);
    const review = await world.verb(ReviewRequest).run(by(reviewer), request.id);
    expect([review.decidedBy?.kind, review.verdict]).toEqual(['policy', 'clear']);
  });

  it('never grants over a check that could not look, nor where two people would have to (I17, I5)', async () => {
    await open('P4');
    world.outside.dns.blind = true;
    expect((await world.reviewed(await world.register())).state).toBe('reviewing');
    world.outside.dns.blind = false;
    const many = { sending: { ...aRequest.sending, dailyVolume: 10_001 } };
    const { id } = await world.submit(customer, await world.register(), many);
    await world.runChecks();
    expect((await world.find(customer, id)).state).toBe('reviewing');
  });
});

describe('a question', () => {
  it('is answered by the party that filed, and begins a new round', async () => {
    await open();
    const { id } = await world.reviewed(await world.register());
    await ask(id);
    expect((await world.find(customer, id)).question).toMatchObject({
      text: 'Which list?',
      fields: ['sending.optIn'],
      answerBy: '2026-03-15T12:00:00.000Z',
    });
    const answered = await world.verb(GiveInformation).run(by(colleague), { requestId: id, ...answer });
    expect([answered.state, answered.question]).toEqual(['checking', null]);
    const review = await world.verb(ReviewRequest).run(by(reviewer), id);
    expect(review.particulars?.sending).toMatchObject({ dailyVolume: 20, domains: ['mail.example.com'] });
    expect(review.dailyVolume).toBe(20);
  });

  it('that was put to a partner is not answered by its customer', async () => {
    await open();
    await world.relate('active');
    const facts = await world.register({ offer: csp, partnerTenantId: partnerTenant });
    const onBehalfOf = { customerTenantId: customerTenant, consent: null };
    const { id } = await world.submit(partner, facts, { onBehalfOf });
    await world.runChecks();
    await ask(id);
    const attempt = world.verb(GiveInformation).run(by(customer), { requestId: id, ...answer });
    expect(await refusalOf(attempt)).toEqual(['forbidden', 'only-the-filer-answers']);
    const byFiler = await world.verb(GiveInformation).run(by(partner), { requestId: id, ...answer });
    expect(byFiler.state).toBe('checking');
    const lines = (await historyOf(id)).map((line) => [line.event, line.by]);
    expect(lines).toContainEqual(['information-given', 'partner']);
  });

  it('that nobody answers lets the request lapse', async () => {
    await open();
    const { id } = await world.reviewed(await world.register());
    await ask(id);
    world.clock.pass(14);
    await world.verb(EndOverdue).run();
    expect((await world.find(customer, id)).status).toBe('lapsed');
  });

  it('names fields, never a person’s words: those would stay in history', async () => {
    await open();
    const { id } = await world.reviewed(await world.register());
    const attempt = world
      .verb(RequestInformation)
      .run(by(reviewer), { requestId: id, question: 'Who?', fields: ['ask Ada Example'] });
    expect(await refusalOf(attempt)).toEqual(['invalid', 'not-a-field']);
  });
});
