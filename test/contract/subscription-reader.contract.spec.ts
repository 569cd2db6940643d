import { FakeCloud } from '../support/fake-cloud.js';
import { CloudSubscriptionReader } from '../../src/adapters/azure/subscription-reader.adapter.js';

const id = '5eed0000-0000-4000-8000-000000000001';
const tenantId = '00000000-0000-4000-8000-0000000000ab';
const unavailable = (code: string) => ({ kind: 'unavailable', code, retryAfterSeconds: null }) as const;

describe('what the checks are told of a subscription', () => {
  let cloud: FakeCloud;
  beforeEach(() => {
    cloud = new FakeCloud();
    cloud.createSubscription(id, { tenantId, state: 'Warned' });
  });
  const read = () => new CloudSubscriptionReader(cloud).read(id);

  it('is its state and its tenant', async () => {
    expect(await read()).toEqual({ kind: 'found', state: 'Warned', tenantId });
  });

  it('is that it is not there', async () => {
    cloud.setState(id, null);
    expect(await read()).toEqual({ kind: 'absent' });
  });

  it.each([
    [{ kind: 'refused', code: 'AuthorizationFailed' }, 'forbidden'],
    [unavailable('http-429'), 'throttled'],
    [unavailable('no-token'), 'throttled'],
    [unavailable('timeout'), 'timeout'],
    [unavailable('http-503'), 'other'],
    [unavailable('answer-cut-short'), 'other'],
  ] as const)('is never absence where nobody could look (I17): %j', async (answer, why) => {
    cloud.answerWrongly('readSubscription', answer);
    expect(await read()).toEqual({ kind: 'failure', why });
  });
});
