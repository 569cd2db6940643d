import { until, type Json } from '../../launch/demo/desk.js';
import { aSubscription, exemptionState, granted, machineRows, type SubscriptionExample } from './filing.js';
import { ownerOf, type MachineExample, type Owner } from './owner.js';
import type { Postern } from './postern.js';

export const managed = { mode: 'managed', window: null, maxUnavailable: 1, canary: true };
export const observed = { ...managed, mode: 'observed' };

/** One subscription with an exemption, from all sides: the cloud's owner, the requester, the engineer, the wire. */
export interface Tracked {
  readonly id: string;
  readonly exemptionId: string;
  readonly owner: Owner;
  /** The exemption as its requester reads it. */
  readonly page: () => Promise<Json>;
  /** The exemption as an engineer reads it, with its history. */
  review(): Promise<Json>;
  rows(): Promise<readonly Json[]>;
  row(name: string): Promise<Json>;
  /** Waits until a machine's row is in a state, or has a blocker of that code. */
  machineIs(name: string, stateOrBlocker: string): Promise<Json>;
  is(state: string): Promise<Json>;
  wire(): Promise<Readonly<Record<string, string>>>;
  setPlan(plan: object): Promise<void>;
  /** Something that goes wrong in this subscription, until it is taken back. */
  fault(order: object, pathPart?: string): Promise<() => Promise<void>>;
}

/** What is made of a subscription before anybody files for it. */
export interface Scene extends SubscriptionExample {
  readonly plan?: object;
  /** What the approval says besides its reason. */
  readonly decision?: () => object;
  /** Further machines, by name. */
  readonly made?: Readonly<Record<string, MachineExample>>;
  /** What happens before the request is filed. */
  readonly before?: (owner: Owner, id: string) => Promise<void>;
}

/** A subscription whose exemption has just been granted. */
export async function tracked(postern: Postern, scene: Scene = {}): Promise<Tracked> {
  const id = await aSubscription(postern, scene);
  const owner = ownerOf(postern, id);
  for (const [name, example] of Object.entries(scene.made ?? {})) await owner.create(name, example);
  await scene.before?.(owner, id);
  return follow(postern, id, await granted(postern, id, scene.plan ?? managed, scene.decision), owner);
}

function follow(postern: Postern, id: string, exemptionId: string, owner: Owner): Tracked {
  const read = async (as: 'customer' | 'auditor', path: string) => (await postern.call(as, 'GET', path)).body;
  const rows = () => machineRows(postern, exemptionId);
  const row = async (name: string) => {
    const found = (await rows()).filter((one) => one.at('name').text === name);
    const [present] = found.filter((one) => one.at('state').text !== 'gone').concat(found);
    if (present === undefined) throw new Error(`there is no row of ${name}`);
    return present;
  };
  return {
    id,
    exemptionId,
    owner,
    rows,
    row,
    page: () => read('customer', `/v1/exemptions/${exemptionId}`),
    review: () => read('auditor', `/v1/admin/exemptions/${exemptionId}`),
    machineIs: (name, wanted) =>
      until(
        `${name} to be ${wanted}`,
        async () => (await rows()).filter((one) => one.at('name').text === name),
        (found) => found.some((one) => isOrIsBlockedBy(one, wanted)),
        90_000,
      ).then((found) => found.find((one) => isOrIsBlockedBy(one, wanted)) ?? row(name)),
    is: (state) => exemptionState(postern, exemptionId, state, 120_000),
    wire: async () => Object.fromEntries(await postern.cloud.wire(id)),
    setPlan: async (plan) => {
      const path = `/v1/exemptions/${exemptionId}/restart-plan`;
      const { status, body } = await postern.call('customer', 'PUT', path, { body: plan });
      if (status >= 400) throw new Error(`${path} answered ${String(status)}: ${body.text}`);
    },
    fault: (order, pathPart = '') => faultIn(postern, `${id}${pathPart}`, order),
  };
}

/** Has something go wrong for calls whose path has this part; gives the way to end it. */
export async function faultIn(postern: Postern, path: string, order: object): Promise<() => Promise<void>> {
  const { body } = await postern.control('POST', '/_control/faults', { body: { match: { path }, ...order } });
  return async () => {
    await postern.control('DELETE', `/_control/faults/${body.at('id').text}`);
  };
}

function isOrIsBlockedBy(row: Json, wanted: string): boolean {
  return row.at('state').text === wanted || row.at('blocker', 'code').text === wanted;
}

export const stateOf = (row: Json) => row.at('state').text;
export const blockerOf = (row: Json) => row.at('blocker', 'code').text;
