import { Redis } from 'ioredis';
import { until } from '../../launch/demo/desk.js';
import {
  queueBackends,
  startRedis,
  canStartRedis,
  testRedisUrl,
  type LocalRedis,
} from '../support/redis-server.js';
import {
  aSubscription,
  exemptionState,
  granted,
  machineRows,
  powerCalls,
  registerDevelopmentTenants,
} from '../support/filing.js';
import { startPostern, type Postern } from '../support/postern.js';

const managed = { mode: 'managed', maxUnavailable: 2, canary: false };

async function killedWhen(
  postern: Postern,
  exemptionId: string,
  state: string,
  signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL',
): Promise<void> {
  const rows = () => machineRows(postern, exemptionId);
  await until(`a machine to be ${state}`, rows, (all) => all.some((row) => row.at('state').text === state));
  process.kill(postern.pid('worker'), signal);
}

describe.each(queueBackends())('a worker that is killed, with its queue on %s', (backend) => {
  let postern: Postern;
  beforeAll(async () => {
    postern = await startPostern({ redisUrl: backend === 'redis' ? testRedisUrl() : null });
    await registerDevelopmentTenants(postern);
  });
  afterAll(() => postern.stop());

  it.each(['waiting', 'deallocating', 'starting'])(
    'comes back and finishes, and tells no machine twice, when it dies while a machine is %s (F2, F3, I8, I18)',
    async (state) => {
      const before = (await powerCalls(postern)).length;
      const subscriptionId = await aSubscription(postern, { machines: ['mx1', 'mx2'] });
      // Where both may be down at once, both begin in the look that plans them, and none is seen to wait.
      const plan = { ...managed, maxUnavailable: state === 'waiting' ? 1 : 2 };
      const exemptionId = await granted(postern, subscriptionId, plan);
      await killedWhen(postern, exemptionId, state);
      await exemptionState(postern, exemptionId, 'effective', 90_000);
      expect(await postern.cloud.wire(subscriptionId)).toEqual(
        new Map([
          ['mx1', 'open'],
          ['mx2', 'open'],
        ]),
      );
      const calls = (await powerCalls(postern)).slice(before).toSorted();
      expect(calls).toEqual(['deallocate mx1', 'deallocate mx2', 'start mx1', 'start mx2']);
    },
  );

  it('ends what it is at when it is told to stop, and another one goes on (F5)', async () => {
    const before = (await powerCalls(postern)).length;
    const subscriptionId = await aSubscription(postern, { machines: ['mx1', 'mx2'] });
    const exemptionId = await granted(postern, subscriptionId, managed);
    const worker = postern.pid('worker');
    await killedWhen(postern, exemptionId, 'deallocating', 'SIGTERM');
    const another = () => Promise.resolve(postern.pid('worker'));
    await until('the next worker', another, (pid) => pid !== worker, 30_000);
    await exemptionState(postern, exemptionId, 'effective', 90_000);
    const calls = (await powerCalls(postern)).slice(before).toSorted();
    expect(calls).toEqual(['deallocate mx1', 'deallocate mx2', 'start mx1', 'start mx2']);
  });
});

// Where no Redis can be started the runner says so, loudly; in CI there is one.
for (const what of canStartRedis() ? ['a Redis that is flushed'] : []) {
  describe(what, () => {
    let redis: LocalRedis;
    let postern: Postern;
    beforeAll(async () => {
      redis = await startRedis();
      postern = await startPostern({ redisUrl: redis.url });
      await registerDevelopmentTenants(postern);
    });
    afterAll(async () => {
      await postern.stop();
      await redis.stop();
    });

    it('in the middle of an enforcement loses nothing: the sweep asks again (F8, I10, I13)', async () => {
      const subscriptionId = await aSubscription(postern, { machines: ['mx1', 'mx2'] });
      const exemptionId = await granted(postern, subscriptionId, managed);
      const rows = () => machineRows(postern, exemptionId);
      await until('a machine to be deallocating', rows, (all) =>
        all.some((row) => row.at('state').text === 'deallocating'),
      );
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
      await exemptionState(postern, exemptionId, 'effective', 90_000);
      const calls = (await powerCalls(postern)).toSorted();
      expect(calls).toEqual(['deallocate mx1', 'deallocate mx2', 'start mx1', 'start mx2']);
    });
  });
}
