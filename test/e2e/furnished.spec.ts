import { exemptionDesk } from '../../launch/demo/exemption-desk.js';
import { callsTo, until, type Json } from '../../launch/demo/desk.js';
import { personaTokens } from '../../launch/persona-tokens.js';
import { seed } from '../../launch/seed.js';
import { startPostern, type Postern } from '../support/postern.js';

const shop = '5eed0000-0000-4000-8000-000000000001';
let postern: Postern;
beforeAll(async () => {
  postern = await startPostern({ env: { POSTERN_SEED: '' } });
});
afterAll(() => postern.stop());

async function requests(): Promise<readonly Json[]> {
  const { body } = await postern.call('reviewer', 'GET', '/v1/exemption-requests?limit=50');
  return body.at('items').items;
}

/** The last digit of each subscription, what became of its request, and of its exemption. */
async function stories(): Promise<Readonly<Record<string, string>>> {
  const told = (await requests()).map((request) => {
    const exemption = request.at('exemption', 'state').value;
    const state = request.at('state').text;
    const story = typeof exemption === 'string' ? `${state}, ${exemption}` : state;
    return [request.at('subscriptionId').text.slice(-1), story] as const;
  });
  return Object.fromEntries(told.toSorted());
}

const furnished = { '1': 'approved, effective', '2': 'reviewing', '5': 'reviewing', '6': 'denied' };
const isFurnished = (seen: unknown) => JSON.stringify(seen) === JSON.stringify(furnished);

async function seedAgain(): Promise<void> {
  const { dataDir, cloud, apiUrl } = postern;
  const tokens = await personaTokens(dataDir);
  const desk = exemptionDesk(callsTo(apiUrl), tokens, null);
  await seed(desk, cloud);
}

describe('npm start', () => {
  it('shows something to look at: requests that wait, one denied, and an exemption that is effective', async () => {
    await until('it to be furnished', stories, isFurnished, 60_000);
    expect([...(await postern.cloud.wire(shop)).values()]).toEqual(['open', 'open']);
  });

  it('on the same data again makes only the cloud anew, which lay in memory', async () => {
    const before = (await requests()).map((request) => request.at('id').text);
    await postern.control('POST', '/_control/reset');
    await seedAgain();
    expect((await requests()).map((request) => request.at('id').text)).toEqual(before);
    expect(await stories()).toEqual(furnished);
    expect([...(await postern.cloud.wire(shop)).values()]).toEqual(['open', 'open']);
  });
});
