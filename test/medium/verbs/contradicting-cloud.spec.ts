import { queryUnscoped } from '../../../src/adapters/postgres/database-roles.js';
import { RequestHistoryQuery } from '../../../src/application/queries/request-history.js';
import { by, customer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const managed = { mode: 'managed', window: null, maxUnavailable: '100%', canary: false } as const;

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

/** From now on the cloud refuses these orders for that cause, while all its other answers say that nothing is wrong. */
async function refusing({ client }: Granted, action: string, status: number, code: string): Promise<string> {
  const match = { method: 'POST', path: `${client.subscription}.*/${action}` };
  const { body } = await client.control('POST', '/faults', { kind: 'error', status, code, match });
  return String((body as { readonly id?: unknown }).id);
}

/** Twice before its owner is told, and every 15 minutes from then on: fewer would be a machine that is forgotten. */
const fewestAnHour = 4;
const mostAnHour = 24;

/** How often an order was given in an hour that begins with the plan. */
async function anHourOf(right: Granted, action: string): Promise<number> {
  await right.setPlan(managed);
  await world.live(60, 15_000);
  return world.emulator.world.calls
    .since(undefined)
    .filter(({ method, path }) => method === 'POST' && path.includes(right.client.subscription))
    .filter(({ path }) => path.endsWith(`/${action}`)).length;
}

async function linesOf({ exemptionId }: Granted): Promise<readonly string[]> {
  const { rows } = await queryUnscoped(
    world.dataSource,
    `SELECT h.event->>'type' AS type FROM history h JOIN restarts r ON r.id = h.aggregate_id
      WHERE r.exemption_id = $1 ORDER BY h.version`,
    [exemptionId],
  );
  const lines = rows.map(({ type }) => String(type));
  expect(lines).toContain('deallocationBegun');
  return lines;
}

/** What the requester reads of it: one line for a cause, however often it was met. */
async function toldTo({ exemption }: Granted): Promise<readonly string[]> {
  const { requestId } = (await exemption()) ?? { requestId: '' };
  const { items } = await world.verb(RequestHistoryQuery).run(by(customer), requestId, 0, 1_000);
  return items.map(({ event }) => event).filter((event) => event.startsWith('machines-'));
}

describe('a cloud that gives a known cause again and again, while its other answers say that it is gone (F26)', () => {
  it.each([
    [409, 'ReadOnlyDisabledSubscription', 'subscription-disabled'],
    [409, 'ScopeLocked', 'resource-locked'],
    [403, 'AuthorizationFailed', 'missing-right'],
    [403, 'RequestDisallowedByPolicy', null],
    [409, 'OperationNotAllowed', null],
  ])(
    '%i %s at the start of a machine that Postern stopped: back-off, told once, and the row says so (I18)',
    async (status, code, cause) => {
      const right = await granted(world, 0, ['mx1']);
      const fault = await refusing(right, 'start', status, code);
      const calledBefore = world.called.length;
      const starts = await anHourOf(right, 'start');
      expect(starts).toBeGreaterThanOrEqual(fewestAnHour);
      expect(starts).toBeLessThanOrEqual(mostAnHour);
      const lines = await linesOf(right);
      expect(lines.length).toBeLessThanOrEqual(40);
      const [row] = await right.rows();
      expect(row?.blocker?.message).toMatch(/^Postern stopped mx1 and cannot start it yet\. /);
      if (cause !== null) expect(row?.blocker?.code).toBe(cause);
      expect(await toldTo(right)).toEqual(['machines-down']);
      expect(
        world.called.slice(calledBefore).filter(({ exemptionId }) => exemptionId === right.exemptionId),
      ).toHaveLength(1);
      await right.client.control('DELETE', `/faults/${fault}`);
      await world.live(20, 15_000);
      expect(await right.client.wire()).toEqual(['mx1 running open']);
    },
  );

  it.each([
    [409, 'ReadOnlyDisabledSubscription'],
    [409, 'ScopeLocked'],
    [403, 'AuthorizationFailed'],
    [403, 'RequestDisallowedByPolicy'],
    [409, 'OperationNotAllowed'],
  ])('%i %s at a stop: back-off, and the machine is left running', async (status, code) => {
    const right = await granted(world, 0, ['mx1']);
    const fault = await refusing(right, 'deallocate', status, code);
    const stops = await anHourOf(right, 'deallocate');
    expect(stops).toBeGreaterThanOrEqual(fewestAnHour);
    expect(stops).toBeLessThanOrEqual(mostAnHour);
    expect((await linesOf(right)).length).toBeLessThanOrEqual(40);
    const [row] = await right.rows();
    expect(row?.blocker?.message).not.toMatch(/Postern stopped/);
    await right.client.control('DELETE', `/faults/${fault}`);
    await world.live(20, 15_000);
    expect(await right.client.wire()).toEqual(['mx1 running open']);
  });
});
