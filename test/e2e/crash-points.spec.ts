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
const revocation = { reasonCode: 'terms-violated', internalReason: 'Spam.' };
const cycle = ['deallocate mx1', 'start mx1'];

const before = (call: string) => `before ${call}`;
const after = (call: string) => `after ${call}`;
/** The boundaries of a call to the outside (F2): before it, after it and before the save, after the save and before the ack. */
const around = (call: string) => [
  before(call),
  after(call),
  `between the save and the acknowledgement of ${call}`,
];

/** Every boundary of a plan, in the order in which a worker comes to them. */
const boundaries = [
  ...around('the gate is moved'),
  before('the plan is committed'),
  after('the plan is committed'),
  ...around('the deallocate'),
  ...around('a poll'),
  ...around('the start'),
];

/** A Postern whose worker dies where it is told to. */
interface Doomed {
  readonly postern: Postern;
  readonly dieAt: (boundary: string, position: 'open' | 'closed') => void;
  readonly grant: (subscriptionId: string) => Promise<string>;
  readonly revoke: (exemptionId: string) => Promise<void>;
  /** It did die there; the machine carries the position, and was told nothing but these orders, each once. */
  readonly endsWith: (subscriptionId: string, position: string, orders: readonly string[]) => Promise<void>;
}

interface Story {
  readonly title: string;
  readonly tell: (doomed: Doomed) => Promise<void>;
}

const inBothDirections = boundaries.map((boundary): Story => ({
  title: `${boundary}: a grant, and then the revocation, go on and end, and the machine is told once (F2, F3, I6, I7, I8, I18)`,
  tell: async ({ postern, dieAt, grant, revoke, endsWith }) => {
    const subscriptionId = await aSubscription(postern, { machines: ['mx1'] });
    dieAt(boundary, 'open');
    const exemptionId = await grant(subscriptionId);
    await endsWith(subscriptionId, 'open', cycle);
    dieAt(boundary, 'closed');
    await revoke(exemptionId);
    await endsWith(subscriptionId, 'closed', [...cycle, ...cycle]);
  },
}));

/**
 * Where an order's answer is lost, the worker looks at the machine before it orders again: after 5 seconds, which is why
 * what was ordered takes longer here: no listing has told before how it ended.
 */
const lostOrders = ['deallocate', 'start'].flatMap((order) =>
  around('a look at the machine').map((boundary): Story => ({
    title: `${boundary}, after the answer to the ${order} was lost: it looks, and the machine is told once (F2, I8, I18)`,
    tell: async ({ postern, dieAt, grant, endsWith }) => {
      const subscriptionId = await aSubscription(postern, { machines: ['mx1'] });
      const durations = { deallocateMs: 1_500, startMs: 1_000, [`${order}Ms`]: 6_000 };
      await postern.control('PUT', '/_control/durations', { body: durations });
      const lost = { kind: 'accept-then-reset', times: 1, match: { path: `/mx1/${order}` } };
      await postern.control('POST', '/_control/faults', { body: lost });
      dieAt(boundary, 'open');
      await grant(subscriptionId);
      await endsWith(subscriptionId, 'open', cycle);
    },
  })),
);

const stories = [...inBothDirections, ...lostOrders];
const posterns: Postern[] = [];
const told = new Map<string, Promise<void>>();

/** The stories of one queue are told one after another, those of the two queues side by side. */
beforeAll(async () => {
  for (const backend of queueBackends()) {
    const doomed = await open(backend);
    posterns.push(doomed.postern);
    let line = Promise.resolve();
    for (const { title, tell } of stories) {
      const mine = line.then(() => tell(doomed));
      told.set(`${backend} ${title}`, mine);
      line = mine.catch(() => undefined); // its own test says so
    }
  }
});
afterAll(() => Promise.all(posterns.map((postern) => postern.stop())));

describe.each(queueBackends())('a worker that dies at a boundary, with its queue on %s', (backend) => {
  it.each(stories)('$title', async ({ title }) => {
    await told.get(`${backend} ${title}`);
  });
});

async function open(backend: string): Promise<Doomed> {
  const postern = await startPostern({
    redisUrl: backend === 'redis' ? testRedisUrl() : null,
    env: {
      NODE_OPTIONS: `--import=${path.resolve(__dirname, '../support/crash-points.mjs')}`,
      OBSERVE_SECONDS: '2', // each of these stories waits for two or three looks
    },
  });
  await registerDevelopmentTenants(postern);
  const crashAt = path.join(postern.dataDir, 'crash-at');
  return {
    postern,
    dieAt: (boundary, position) => {
      writeFileSync(crashAt, boundary.replace('the gate is moved', `the gate is moved ${position}`));
    },
    grant: async (subscriptionId) => {
      const exemptionId = await granted(postern, subscriptionId, managed);
      await exemptionState(postern, exemptionId, 'effective', 90_000);
      return exemptionId;
    },
    revoke: async (exemptionId) => {
      await decide(postern, 'approver', `/v1/admin/exemptions/${exemptionId}`, 'revoke', revocation);
      await exemptionState(postern, exemptionId, 'revoked', 90_000);
    },
    endsWith: async (subscriptionId, position, orders) => {
      expect(existsSync(crashAt)).toBe(false);
      expect(await postern.cloud.wire(subscriptionId)).toEqual(new Map([['mx1', position]]));
      expect(await powerCalls(postern, subscriptionId)).toEqual(orders);
    },
  };
}
