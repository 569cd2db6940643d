import { ReviewRequest } from '../../../src/application/queries/review-request.js';
import { namedAfter } from '../../support/bent-database.js';
import { approver, approver2, by, customer, reviewer } from './people.js';
import { aRequest, createVerbWorld, type VerbWorld } from './verb-world.js';

let world: VerbWorld;
let alone: { readonly id: string };
let byTwo: { readonly id: string };
beforeAll(async () => {
  world = await createVerbWorld();
  const request = await world.reviewed(await world.register());
  alone = await world.approve(reviewer, request);
  const many = { sending: { ...aRequest.sending, dailyVolume: 10_001 } };
  const other = await world.reviewed(await world.register(), many);
  const expiresOn = '2026-06-01T00:00:00.000Z';
  const first = await world.approve(approver, other, {
    expiresOn,
    conditions: 'No bulk mail.',
    acceptedUnknowns: ['ip-on-blocklist'],
  });
  byTwo = await world.approve(approver2, first);
});
afterAll(() => world.close());

const named = (...statements: Parameters<typeof namedAfter>[1][]) =>
  namedAfter(world.ownerUrl, ...statements);
const blind = `UPDATE findings SET outcome = 'error' WHERE "check" = 'subscription-not-in-good-standing' AND request_id = $1`;

describe('npm run verify names', () => {
  it('nothing, where everybody decided as they may', async () => {
    expect(await named()).toEqual([]);
  });

  it('an approval by one person over a check that can fail and did not look (I17)', async () => {
    const sentences = await named([blind, alone.id]);
    const check = 'subscription-not-in-good-standing';
    expect(sentences).toContain(
      `I17 request ${alone.id} was approved by one person although ${check} did not look`,
    );
    expect(sentences).toContainEqual(
      expect.stringMatching(`I17 request ${alone.id} was approved at version 3 without a word on ${check}`),
    );
    expect(await named([blind, byTwo.id])).not.toContainEqual(expect.stringMatching('by one person'));
  });

  it('no approval by one person over a check that could at most have warned', async () => {
    const harmless = `UPDATE findings SET outcome = 'error' WHERE "check" = 'ip-on-blocklist' AND request_id = $1`;
    expect(await named([harmless, alone.id])).toEqual([]);
  });

  it('an approval by one person of what once named a volume that takes two (I5)', async () => {
    const volume = `UPDATE history SET event = jsonb_set(event, '{dailyVolume}', '10001') WHERE aggregate_id = $1 AND version = 1`;
    expect(await named([volume, alone.id])).toContain(
      `I5 request ${alone.id} was approved by one person, and once named 10001 mails a day`,
    );
  });

  it('a right that ends later than its first approver set, and one that never ends (I5)', async () => {
    const { exemption } = await world.verb(ReviewRequest).run(by(reviewer), byTwo.id);
    const sentence = `I5 exemption ${exemption?.id ?? ''} ends later than its first approver set`;
    for (const date of [`'2026-06-02'`, 'NULL']) {
      const bent = `UPDATE exemptions SET expires_on = ${date} WHERE request_id = $1`;
      expect(await named([bent, byTwo.id])).toContain(sentence);
    }
    const said = `UPDATE history SET event = jsonb_set(event, '{replacesFirstTextId}', '"a text"') WHERE aggregate_id = $1 AND to_state = 'approved'`;
    const replaced = await named(
      [said, byTwo.id],
      [`UPDATE exemptions SET expires_on = NULL WHERE request_id = $1`, byTwo.id],
    );
    expect(replaced).not.toContain(sentence);
  });

  it('a right without the conditions of its first approver, and an approval without what they accepted (I5)', async () => {
    const bent = `UPDATE exemptions SET conditions_text_id = NULL WHERE request_id = $1`;
    expect(await named([bent, byTwo.id])).toContainEqual(
      expect.stringMatching(/^I5 exemption .* lost the conditions of its first approver$/),
    );
    const lost = `UPDATE exemption_requests SET decision = jsonb_set(decision, '{acceptedUnknowns}', '[]') WHERE id = $1`;
    expect(await named([lost, byTwo.id])).toContain(
      `I5 request ${byTwo.id} lost what its first approver accepted`,
    );
  });
});

it('the requester of a request that two approved reads the terms that hold', async () => {
  const { decision } = await world.find(customer, byTwo.id);
  expect(decision).toMatchObject({ expiresOn: '2026-06-01T00:00:00.000Z', conditions: 'No bulk mail.' });
});
