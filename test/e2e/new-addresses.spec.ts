import { until } from '../../launch/demo/desk.js';
import { aSubscription, exemptionState, granted, registerDevelopmentTenants } from '../support/filing.js';
import { ownerOf } from '../support/owner.js';
import { startPostern, type Postern } from '../support/postern.js';

let postern: Postern;
beforeAll(async () => {
  postern = await startPostern();
  await registerDevelopmentTenants(postern);
});
afterAll(() => postern.stop());

const managed = { mode: 'managed', window: null, maxUnavailable: 1, canary: false };
const record = (name: string, type: string, value: string) =>
  postern.control('PUT', '/_control/dns', { body: { name, type, values: [value] } });

describe('a machine whose dynamic address was released by its restart', () => {
  it('sends from another one: its owner reads what DNS still says of the old one, and what to do', async () => {
    const subscriptionId = await aSubscription(postern);
    const owner = ownerOf(postern, subscriptionId);
    await owner.create('mx1', { properties: await owner.address('mx1', 'Dynamic') });
    await owner.create('mx2', { properties: await owner.address('mx2', 'Static') });
    const before = await owner.addressOf('mx1');
    await record('mail.example.com', 'TXT', `v=spf1 ip4:${before} -all`);
    await record('_dmarc.mail.example.com', 'TXT', 'v=DMARC1; p=reject');
    const exemptionId = await granted(postern, subscriptionId, managed);
    await exemptionState(postern, exemptionId, 'effective', 90_000);

    const page = async () => (await postern.call('customer', 'GET', `/v1/exemptions/${exemptionId}`)).body;
    const reviewed = await until(
      'the addresses to be looked at',
      page,
      (body) => body.at('addressReview').value !== null,
    );
    const after = await owner.addressOf('mx1');
    expect(after).not.toBe(before);
    const review = reviewed.at('addressReview');
    expect(review.at('ready').value).toBe(false);
    expect(
      review.at('addresses').items.map((one) => [one.at('machine').text, one.at('address').text]),
    ).toEqual([['mx1', after]]);
    const notes = review.at('addresses').items[0]?.at('notes').items ?? [];
    expect(notes.map((note) => note.at('code').text)).toEqual(
      expect.arrayContaining(['reverse-dns-missing', 'spf-names-another']),
    );
    expect(notes.map((note) => note.at('message').text).join(' ')).toContain(
      `does not let ${after} send. Add it if it sends mail`,
    );

    const staff = (await postern.call('auditor', 'GET', `/v1/admin/exemptions/${exemptionId}`)).body;
    const found = staff
      .at('addressFindings')
      .items.find((one) => one.at('check').text === 'address-not-in-spf');
    expect(found?.at('evidence').items.map((one) => one.at('what').text)).toEqual([
      `${after} in SPF of mail.example.com`,
    ]);
  });
});
