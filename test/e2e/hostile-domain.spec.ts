import { readFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../launch/demo/desk.js';
import {
  aSubscription,
  decide,
  exemptionState,
  file,
  granted,
  registerDevelopmentTenants,
  reviewed,
} from '../support/filing.js';
import { startPostern, type Postern } from '../support/postern.js';

const managed = { mode: 'managed', maxUnavailable: 1, canary: false };
const hostile = {
  kinds: ['transactional'],
  domains: ['hostile.example'],
  dailyVolume: 4_000,
  publicAddresses: ['203.0.113.7'],
};

describe('a domain whose records hold whoever reads them', () => {
  let postern: Postern;
  beforeAll(async () => {
    postern = await startPostern({
      env: {
        NODE_OPTIONS: `--import=${path.resolve(__dirname, '../support/hostile-resolver.mjs')}`,
        LANE_STALLED_SECONDS: '2',
      },
    });
    await registerDevelopmentTenants(postern);
  });
  afterAll(() => postern.stop());

  /** The process that is held, once there is one; null before. */
  const held = () => {
    try {
      return Promise.resolve(Number(readFileSync(path.join(postern.dataDir, 'frozen'), 'utf8')));
    } catch {
      return Promise.resolve(null);
    }
  };

  it('holds up no revocation, is given up after three tries, and reads as not looked at (B7, F14, F18, I17)', async () => {
    const worker = postern.pid('worker');
    const subscriptionId = await aSubscription(postern, { machines: ['mx1'] });
    const exemptionId = await granted(postern, subscriptionId, managed);
    await exemptionState(postern, exemptionId, 'effective', 120_000);
    const requestId = await file(postern, await aSubscription(postern), { sending: hostile });
    const first = await until('a lane to be held', held, (pid) => pid !== null, 120_000);
    expect(first).not.toBe(worker);
    const page = `/v1/admin/exemptions/${exemptionId}`;
    const order = { reasonCode: 'terms-violated', internalReason: 'Spam.' };
    expect((await decide(postern, 'approver', page, 'revoke', order)).status).toBe(202);
    await exemptionState(postern, exemptionId, 'revoked', 120_000);
    const others = (pid: number | null) => pid !== null && pid !== first;
    await until('the lane to be started again', held, others, 120_000);
    await reviewed(postern, requestId);
    const { body } = await postern.call('reviewer', 'GET', `/v1/admin/exemption-requests/${requestId}`);
    const findings = body.at('findings').items;
    const finding = findings.find((one) => one.at('check').text === 'sender-domain-unready');
    expect(finding?.at('outcome').text).toBe('error');
    expect(postern.pid('worker')).toBe(worker);
  });
});
