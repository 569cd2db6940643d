import type { Json } from '../../launch/demo/desk.js';
import type { Postern } from './postern.js';

/** What a machine is made of, as its owner sends it. */
export interface MachineExample {
  readonly group?: string;
  readonly zones?: readonly string[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** The hand of a subscription's owner in the emulated cloud, and that of the platform. Whatever is refused throws. */
export interface Owner {
  create(name: string, example?: MachineExample): Promise<void>;
  /** A public address and a card that holds it; what a machine is made with to have them. */
  address(name: string, allocation: 'Dynamic' | 'Static'): Promise<Readonly<Record<string, unknown>>>;
  /** The address of that name as it is now, `none` while it is released. */
  addressOf(name: string): Promise<string>;
  /** Calls an action of a machine: `deallocate`, `deallocate?hibernate=true`, `powerOff`, … */
  act(name: string, action: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** To another resource group, of this or of another subscription. */
  move(name: string, group: string, subscriptionId?: string): Promise<void>;
  /** Changes the subscription itself: its state, or its tenant. */
  change(facts: Readonly<Record<string, unknown>>): Promise<void>;
  platform(action: 'evict' | 'deallocate' | 'delete', vmName?: string): Promise<void>;
  /** Waits for nothing: the power state now, `absent` where there is no such machine. */
  power(name: string): Promise<string>;
  vmId(name: string): Promise<string>;
  /** Power operations of which the cloud took the order, whoever gave it, as `verb machine`. */
  orders(): Promise<readonly string[]>;
}

const compute = 'api-version=2025-04-01';
const networks = 'api-version=2024-05-01';

/** The owner of one subscription; machines are in the group `mail` where nothing else is said. */
export function ownerOf(postern: Postern, id: string): Owner {
  const groupPath = (group: string, subscriptionId = id) =>
    `/subscriptions/${subscriptionId}/resourceGroups/${group}`;
  const machine = (name: string, group = 'mail') =>
    `${groupPath(group)}/providers/Microsoft.Compute/virtualMachines/${name}`;
  const network = (what: string, name: string) =>
    `${groupPath('mail')}/providers/Microsoft.Network/${what}/${name}`;
  const call = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const answer = await postern.control(method, path, {
      token: 'any',
      ...(body === undefined ? {} : { body }),
    });
    if (answer.status >= 400)
      throw new Error(`${method} ${path} answered ${String(answer.status)}: ${answer.body.text}`);
    return answer.body;
  };
  const seen = async (name: string) =>
    (await call('GET', `/_control/subscriptions/${id}/port25`))
      .at('virtualMachines')
      .items.find((one) => one.at('name').text === name);
  return {
    create: async (name, { group, zones, properties = {} } = {}) => {
      const body = { location: 'westeurope', ...(zones === undefined ? {} : { zones }), properties };
      await call('PUT', `${machine(name, group)}?${compute}`, body);
    },
    address: async (name, publicIPAllocationMethod) => {
      const body = { location: 'westeurope', properties: { publicIPAllocationMethod } };
      await call('PUT', `${network('publicIPAddresses', name)}?${networks}`, body);
      const publicIPAddress = { id: network('publicIPAddresses', name) };
      const ipConfigurations = [{ name: 'main', properties: { publicIPAddress } }];
      const card = { location: 'westeurope', properties: { ipConfigurations } };
      await call('PUT', `${network('networkInterfaces', name)}?${networks}`, card);
      return { networkProfile: { networkInterfaces: [{ id: network('networkInterfaces', name) }] } };
    },
    addressOf: async (name) => {
      const seenNow = await call('GET', `${network('publicIPAddresses', name)}?${networks}`);
      const address = seenNow.at('properties', 'ipAddress').value;
      return typeof address === 'string' ? address : 'none';
    },
    act: async (name, action) => {
      const separator = action.includes('?') ? '&' : '?';
      await call('POST', `${machine(name)}/${action}${separator}${compute}`);
    },
    remove: async (name) => {
      await call('DELETE', `${machine(name)}?${compute}`);
    },
    move: async (name, group, subscriptionId = id) => {
      await call('POST', `${groupPath('mail')}/moveResources?api-version=2021-04-01`, {
        resources: [machine(name)],
        targetResourceGroup: groupPath(group, subscriptionId),
      });
    },
    change: async (facts) => {
      await call('PATCH', `/subscriptions/${id}?api-version=2022-12-01`, facts);
    },
    platform: async (action, vmName) => {
      const order = { action, ...(vmName === undefined ? {} : { vmName }) };
      await call('POST', `/_control/subscriptions/${id}/platform`, order);
    },
    power: async (name) => (await seen(name))?.at('powerState').text.replace('PowerState/', '') ?? 'absent',
    vmId: async (name) => (await seen(name))?.at('vmId').text ?? 'absent',
    orders: async () => {
      const { body } = await postern.control('GET', '/_control/calls');
      return body.at('calls').items.flatMap((one) => {
        const [, verb] = /\/virtualMachines\/[^/]+\/(\w+)$/.exec(one.at('path').text) ?? [];
        const parts = one.at('path').text.split('/');
        const isOurs = one.at('path').text.includes(id) && one.at('status').value === 202;
        return isOurs && verb !== undefined ? [`${verb} ${parts.at(-2) ?? ''}`] : [];
      });
    },
  };
}
