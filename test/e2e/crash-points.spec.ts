import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { queueBackends, testRedisUrl } from '../support/redis-server.js';
import {
  aSubscription,
  decide,
  exemptionState,
  granted,
  powerCalls,
  registerDevelopmentTenants,
} from '../support/filing.js';
import { startPostern, type Postern } from '../support/postern.js';

const managed = { mode: 'managed', maxUnavailable: 1, canary: false };

/** Every boundary of a cycle (F2): before a call, after it and before the save, after the save and before the ack. */
const boundaries = [
  'before the gate is moved open',
  'after the gate is moved open',
  'between the save and the acknowledgement of the gate is moved open',
  'before the plan is committed',
  'after the plan is committed',
  'before the deallocate',
  'after the deallocate',
  'between the save and the acknowledgement of the deallocate',
  'before a poll',
  'after a poll',
  'between the save and the acknowledgement of a poll',
  'before the start',
  'after the start',
  'between the save and the acknowledgement of the start',
];

describe.each(queueBackends())('a worker that dies at a boundary, with its queue on %s', (backend) => {
  let postern: Postern;
  const crashAt = () => path.join(postern.dataDir, 'crash-at');
  beforeAll(async () => {
    postern = await startPostern({
      redisUrl: backend === 'redis' ? testRedisUrl() : null,
      env: {
        NODE_OPTIONS: `--import=${path.resolve(__dirname, '../support/crash-points.mjs')}`,
        OBSERVE_SECONDS: '2', // each of these stories waits for two or three looks
      },
    });
    await registerDevelopmentTenants(postern);
  });
  afterAll(() => postern.stop());

  it.each(boundaries)('%s: goes on, and the machine is told once (F2, F3, I6, I8, I18)', async (boundary) => {
    const before = (await powerCalls(postern)).length;
    const subscriptionId = await aSubscription(postern, { machines: ['mx1'] });
    writeFileSync(crashAt(), boundary);
    const exemptionId = await granted(postern, subscriptionId, managed);
    await exemptionState(postern, exemptionId, 'effective', 90_000);
    expect(existsSync(crashAt())).toBe(false); // it did die there
    expect(await postern.cloud.wire(subscriptionId)).toEqual(new Map([['mx1', 'open']]));
    expect((await powerCalls(postern)).slice(before)).toEqual(['deallocate mx1', 'start mx1']);
  });

  it('with the gate’s closing under way: the revocation goes on and ends (F2, I7)', async () => {
    const subscriptionId = await aSubscription(postern, { machines: ['mx1'] });
    const exemptionId = await granted(postern, subscriptionId, managed);
    await exemptionState(postern, exemptionId, 'effective', 90_000);
    writeFileSync(crashAt(), 'after the gate is moved closed');
    await decide(postern, 'approver', `/v1/admin/exemptions/${exemptionId}`, 'revoke', {
      reasonCode: 'terms-violated',
      internalReason: 'Spam.',
    });
    await exemptionState(postern, exemptionId, 'revoked', 90_000);
    expect(existsSync(crashAt())).toBe(false);
    expect(await postern.cloud.wire(subscriptionId)).toEqual(new Map([['mx1', 'closed']]));
  });
});
