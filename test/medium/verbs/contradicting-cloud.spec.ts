import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const managed = { mode: 'managed', window: null, maxUnavailable: '100%', canary: false } as const;

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

/** From now on the cloud refuses these orders for that cause, while all its other answers say that nothing is wrong. */
async function refusing({ client }: Granted, action: string, status: number, code: string): Promise<void> {
  const match = { method: 'POST', path: `${client.subscription}.*/${action}` };
  await client.control('POST', '/faults', { kind: 'error', status, code, match });
}

/** How often an order was given in an hour that begins with the plan. */
async function anHourOf(right: Granted, action: string): Promise<number> {
  await right.setPlan(managed);
  await world.live(60, 15_000);
  return world.emulator.world.calls
    .since(undefined)
    .filter(({ method, path }) => method === 'POST' && path.includes(right.client.subscription))
    .filter(({ path }) => path.endsWith(`/${action}`)).length;
}

describe('a cloud that gives a known cause again and again, while its other answers say that it is gone (F26)', () => {
  it.each([
    ['start', 409, 'ReadOnlyDisabledSubscription'],
    ['start', 409, 'ScopeLocked'],
    ['start', 403, 'AuthorizationFailed'],
    ['start', 403, 'RequestDisallowedByPolicy'],
    ['start', 409, 'OperationNotAllowed'],
    ['deallocate', 409, 'ReadOnlyDisabledSubscription'],
    ['deallocate', 409, 'ScopeLocked'],
    ['deallocate', 403, 'AuthorizationFailed'],
    ['deallocate', 403, 'RequestDisallowedByPolicy'],
    ['deallocate', 409, 'OperationNotAllowed'],
  ])('is asked to %s at most 24 times an hour where it answers %i %s', async (action, status, code) => {
    const right = await granted(world, 0, ['mx1']);
    await refusing(right, action, status, code);
    expect(await anHourOf(right, action)).toBeLessThanOrEqual(24);
  });
});
