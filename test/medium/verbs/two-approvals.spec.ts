import { EndOverdue } from '../../../src/application/end-overdue.js';
import { GiveInformation } from '../../../src/application/give-information.js';
import { ReviewExemption } from '../../../src/application/queries/review-exemption.js';
import { ReviewRequest } from '../../../src/application/queries/review-request.js';
import { RecheckRequest } from '../../../src/application/recheck-request.js';
import { RequestInformation } from '../../../src/application/request-information.js';
import { approver, approver2, by, customer, reviewer } from './people.js';
import { aRequest, createVerbWorld, refusalOf, type VerbWorld } from './verb-world.js';

let world: VerbWorld;
beforeEach(async () => {
  world = await createVerbWorld();
});
afterEach(() => world.close());

const many = { sending: { ...aRequest.sending, dailyVolume: 10_001 } };
const blindCheck = 'subscription-not-in-good-standing';
const page = (id: string) => world.verb(ReviewRequest).run(by(reviewer), id);
const found = (id: string) => world.find(reviewer, id);
const rightOf = async (id: string) => {
  const { exemption } = await found(id);
  return world.verb(ReviewExemption).run(by(reviewer), exemption?.id ?? '');
};
const soon = '2026-06-01T00:00:00.000Z';
const later = '2027-01-01T00:00:00.000Z';

describe('what the first of two approvers set', () => {
  const firstApproved = async (differs: object = {}) => {
    const request = await world.reviewed(await world.register(), many);
    return world.approve(reviewer, request, {
      expiresOn: soon,
      conditions: 'No bulk mail.',
      acceptedUnknowns: ['ip-on-blocklist'],
      ...differs,
    });
  };

  it('is shown to the second, and holds although they say nothing of it (I5)', async () => {
    const first = await firstApproved();
    expect((await page(first.id)).firstTerms).toEqual({
      expiresOn: soon,
      conditions: 'No bulk mail.',
      acceptedUnknowns: ['ip-on-blocklist'],
    });
    const approved = await world.approve(approver, first);
    expect(approved.decision).toMatchObject({ expiresOn: soon, conditions: 'No bulk mail.' });
    expect(await rightOf(first.id)).toMatchObject({ expiresOn: soon, conditions: 'No bulk mail.' });
    const { history, firstTerms } = await page(first.id);
    expect(firstTerms).toBeNull();
    expect(history.at(-1)?.event).toMatchObject({ firstTerms: { acceptedUnknowns: ['ip-on-blocklist'] } });
  });

  it('holds beside what the second sets: the earlier date, the conditions of both (I5)', async () => {
    const first = await firstApproved();
    const terms = { expiresOn: later, conditions: 'Transactional mail only.' };
    await world.approve(approver, first, terms);
    expect(await rightOf(first.id)).toMatchObject({
      expiresOn: soon,
      conditions: 'No bulk mail.\n\nTransactional mail only.',
    });
    const second = await firstApproved({ expiresOn: later });
    await world.approve(approver, second, { expiresOn: soon });
    expect(await rightOf(second.id)).toMatchObject({ expiresOn: soon, conditions: 'No bulk mail.' });
  });

  it('is replaced only by a second approver who says so, and why', async () => {
    const first = await firstApproved();
    const replacesFirstTerms = 'The contract runs without an end.';
    const approved = await world.approve(approver, first, { conditions: 'Ours.', replacesFirstTerms });
    expect(approved.decision).toMatchObject({ expiresOn: null, conditions: 'Ours.' });
    expect(await rightOf(first.id)).toMatchObject({ expiresOn: null, conditions: 'Ours.' });
    const [line] = (await page(first.id)).history.slice(-1);
    expect(line?.texts).toMatchObject({ replacesFirst: replacesFirstTerms });
  });

  it('cannot be replaced where there is no first approval', async () => {
    const request = await world.reviewed(await world.register(), many);
    const attempt = world.approve(approver, request, { replacesFirstTerms: 'I would rather not.' });
    expect(await refusalOf(attempt)).toEqual(['conflict', 'no-first-approval']);
  });

  it('and has passed meanwhile is not granted: the second replaces it, or denies', async () => {
    const first = await firstApproved();
    world.clock.to('2026-06-02T00:00:00.000Z');
    expect(await refusalOf(world.approve(approver, first))).toEqual(['conflict', 'first-terms-passed']);
    const approved = await world.approve(approver, first, { replacesFirstTerms: 'It took us too long.' });
    expect(approved.state).toBe('approved');
  });
});

describe('a round in which a check that can fail did not look', () => {
  const blinded = async () => {
    world.outside.cloudIsAway = true;
    return world.reviewed(await world.register());
  };

  it('needs two people, and the engineer’s page says why (I17, F30)', async () => {
    const request = await blinded();
    const review = await page(request.id);
    expect(review).toMatchObject({
      verdict: 'doubtful',
      needsSecondApproval: true,
      mustBeAccepted: [blindCheck],
    });
    expect(review.secondApprovalReasons.map(({ code }) => code)).toEqual(['checks-did-not-look']);
    const accepted = { acceptedUnknowns: [blindCheck] };
    const first = await world.approve(reviewer, request, accepted);
    expect([first.state, first.exemption]).toEqual(['second-reviewing', null]);
    expect((await world.approve(approver, first, accepted)).state).toBe('approved');
  });

  it('is approved by nobody, first or second, who does not name that check (I17)', async () => {
    const request = await blinded();
    const refused = ['policy', 'unknowns-not-accepted'];
    const others = { acceptedUnknowns: ['ip-on-blocklist'] };
    expect(await refusalOf(world.approve(reviewer, request))).toEqual(refused);
    expect(await refusalOf(world.approve(reviewer, request, others))).toEqual(refused);
    const first = await world.approve(reviewer, request, { acceptedUnknowns: [blindCheck] });
    expect(await refusalOf(world.approve(approver, first))).toEqual(refused);
  });

  it('is so too where nobody carried its checks out in time (F30)', async () => {
    const { id } = await world.submit(customer, await world.register());
    world.clock.pass(1);
    await world.verb(EndOverdue).run();
    const request = await found(id);
    expect(request.state).toBe('reviewing');
    expect(await refusalOf(world.approve(approver, request))).toEqual(['policy', 'unknowns-not-accepted']);
    const first = await world.approve(approver, request, { acceptedUnknowns: [blindCheck] });
    expect(first.state).toBe('second-reviewing');
  });

  it('is over once a new round has looked', async () => {
    const { id } = await blinded();
    world.outside.cloudIsAway = false;
    await world.verb(RecheckRequest).run(by(reviewer), { requestId: id, reason: 'the cloud answers again' });
    await world.runChecks();
    expect(await page(id)).toMatchObject({ needsSecondApproval: false, mustBeAccepted: [] });
    expect((await world.approve(reviewer, await found(id))).state).toBe('approved');
  });
});

it('one person is enough over checks that could not look and could at most have warned', async () => {
  world.outside.dns.blind = true;
  const request = await world.reviewed(await world.register());
  const review = await page(request.id);
  expect(review.couldNotLook.length).toBeGreaterThan(0);
  expect(review).toMatchObject({ needsSecondApproval: false, mustBeAccepted: [] });
  expect((await world.approve(reviewer, request)).state).toBe('approved');
});

it('an answer that lowers the daily volume does not take the second approval away (I5)', async () => {
  const { id } = await world.reviewed(await world.register(), many);
  await world
    .verb(RequestInformation)
    .run(by(reviewer), { requestId: id, question: 'So many?', fields: ['sending.dailyVolume'] });
  await world
    .verb(GiveInformation)
    .run(by(customer), { requestId: id, answer: 'Ten.', sending: { dailyVolume: 10 } });
  await world.runChecks();
  const review = await page(id);
  expect([review.dailyVolume, review.needsSecondApproval]).toEqual([10, true]);
  expect(review.secondApprovalReasons).toMatchObject([
    { code: 'daily-volume', message: 'The request named 10001 mails a day; above 10000 two people decide.' },
  ]);
  const first = await world.approve(approver, await found(id));
  expect(first.state).toBe('second-reviewing');
  expect((await world.approve(approver2, first)).state).toBe('approved');
});
