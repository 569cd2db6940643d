import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../launch/demo/desk.js';
import { decide, registerDevelopmentTenants } from '../support/filing.js';
import { startPostern, type Postern } from '../support/postern.js';
import { queueBackends, testRedisUrl } from '../support/redis-server.js';
import { startSecondWorker } from '../support/second-worker.js';
import { tracked, type Tracked } from '../support/tracked.js';

const oneCycle = ['deallocate mx1', 'start mx1'];
const revocation = { reasonCode: 'terms-violated', internalReason: 'Spam.' };

describe.each(queueBackends())(
  'a worker that is frozen for longer than its lease, with its queue on %s',
  (backend) => {
    let postern: Postern;
    let endSecond = () => Promise.resolve();
    const file = (name: string) => path.join(postern.dataDir, name);
    beforeAll(async () => {
      postern = await startPostern({
        redisUrl: backend === 'redis' ? testRedisUrl() : null,
        env: {
          NODE_OPTIONS: `--import=${path.resolve(__dirname, '../support/freeze-points.mjs')}`,
          ACTIVITY_LOG_SECONDS: '2',
        },
      });
      endSecond = await startSecondWorker(postern);
      await registerDevelopmentTenants(postern);
    });
    afterAll(async () => {
      await endSecond().finally(() => postern.stop());
    });

    const freezeWhen = (boundary: string) => {
      rmSync(file('frozen'), { force: true });
      writeFileSync(file('freeze-at'), boundary);
    };
    const isFrozen = () =>
      until(
        'a worker to be frozen',
        () => Promise.resolve(existsSync(file('frozen'))),
        (so) => so,
      );
    const thaw = () => process.kill(Number(readFileSync(file('frozen'), 'utf8')), 'SIGCONT');
    /** What the thawed worker still had to say has been said: its machine runs, and nothing more is ordered. */
    const runsAfter = (one: Tracked, orders: readonly string[]) =>
      until(
        'its orders, and the machine to run',
        async () => ({ orders: await one.owner.orders(), power: await one.owner.power('mx1') }),
        (seen) => seen.power === 'running' && seen.orders.join() === orders.join(),
        90_000,
      );

    // Before the lease is asked a last time, or with nothing left but to write the answer down: there is no late call.
    it.each(['the deallocate takes its token', 'the deallocate is answered', 'the poll is answered'])(
      'when %s: another one goes on, its writes are refused, and the machine is told once (F4, I8)',
      async (boundary) => {
        freezeWhen(boundary);
        const one = await tracked(postern, { machines: ['mx1'] });
        await isFrozen();
        await one.is('effective');
        expect(await one.owner.orders()).toEqual(oneCycle);
        const version = (await one.page()).at('version').value;
        thaw();
        await postern.truthAgrees();
        await runsAfter(one, oneCycle);
        expect((await one.page()).at('version').value).toBe(version);
        expect(await one.wire()).toEqual({ mx1: 'open' });
      },
    );

    // After that, nothing holds it back: it is written when the machine was cycled long ago.
    it('when the start is written: it finds the machine running, and changes nothing (F4, I8)', async () => {
      freezeWhen('the start is written');
      const one = await tracked(postern, { machines: ['mx1'] });
      await isFrozen();
      await one.is('effective');
      thaw();
      await runsAfter(one, [...oneCycle, 'start mx1']);
      expect(await one.wire()).toEqual({ mx1: 'open' });
    });

    it('when the deallocate is written: the late stop is seen, and we start what we stopped (F4, I8, I18)', async () => {
      freezeWhen('the deallocate is written');
      const one = await tracked(postern, { machines: ['mx1'] });
      await isFrozen();
      await one.is('effective');
      thaw();
      await runsAfter(one, [...oneCycle, ...oneCycle]);
      await one.machineIs('mx1', 'restarted');
      expect(await one.wire()).toEqual({ mx1: 'open' });
      expect((await one.page()).at('progress').value).toMatchObject({ total: 1, restarted: 1 });
    });

    it('when the deallocate of a revocation is written, which has ended by then: it is started, closed (F4, I7, I18)', async () => {
      const one = await tracked(postern, { machines: ['mx1'] });
      await one.is('effective');
      freezeWhen('the deallocate is written');
      await decide(postern, 'approver', `/v1/admin/exemptions/${one.exemptionId}`, 'revoke', revocation);
      await isFrozen();
      await one.is('revoked');
      thaw();
      await runsAfter(one, [...oneCycle, ...oneCycle, ...oneCycle]);
      await one.machineIs('mx1', 'restarted');
      expect(await one.wire()).toEqual({ mx1: 'closed' });
    });
  },
);
