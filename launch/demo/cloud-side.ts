import type { HttpCall, Json } from './desk.js';

/** The customer's side of the emulated cloud, over the API of the real one; and the truth that only an emulator tells. */
export interface CloudSide {
  createSubscription(id: string, tenantId: string, quotaId: string, displayName: string): Promise<void>;
  createMachine(subscriptionId: string, name: string): Promise<void>;
  power(
    subscriptionId: string,
    name: string,
    action: 'deallocate' | 'start' | 'powerOff' | 'restart',
  ): Promise<void>;
  /** What the wire to port 25 says of each machine: open, closed, or off. */
  wire(subscriptionId: string): Promise<ReadonlyMap<string, string>>;
  gate(subscriptionId: string): Promise<Json>;
  /** Sets the switch as it stood, in a cloud that has forgotten it. */
  restoreGate(subscriptionId: string, gate: string, fence: number): Promise<void>;
  powerState(subscriptionId: string, name: string): Promise<string>;
  dnsRecord(name: string, type: string, values: readonly string[]): Promise<void>;
}

const token = 'any';
const version = '?api-version=2025-04-01';

const machine = (subscriptionId: string, name: string) =>
  `/subscriptions/${subscriptionId}/resourceGroups/mail/providers/Microsoft.Compute/virtualMachines/${name}`;

export function cloudSide(call: HttpCall): CloudSide {
  const truth = async (id: string) => (await call('GET', `/_control/subscriptions/${id}/port25`)).body;
  const done = async (what: Promise<{ readonly status: number }>) => {
    const { status } = await what;
    if (status >= 400) throw new Error(`the emulated cloud answered ${String(status)}`);
  };
  return {
    createSubscription: (id, tenantId, quotaId, displayName) =>
      done(
        call('PUT', `/subscriptions/${id}?api-version=2022-12-01`, {
          token,
          body: {
            displayName,
            tenantId,
            state: 'Enabled',
            subscriptionPolicies: { quotaId, spendingLimit: 'Off' },
          },
        }),
      ),
    createMachine: (id, name) =>
      done(
        call('PUT', `${machine(id, name)}${version}`, {
          token,
          body: { location: 'westeurope', properties: { hardwareProfile: { vmSize: 'Standard_B2s' } } },
        }),
      ),
    power: (id, name, action) => done(call('POST', `${machine(id, name)}/${action}${version}`, { token })),
    wire: async (id) => {
      const machines = (await truth(id)).at('virtualMachines').items;
      return new Map(machines.map((one) => [one.at('name').text, one.at('port25').text]));
    },
    gate: truth,
    restoreGate: (id, gate, fence) =>
      done(call('PUT', `/_control/subscriptions/${id}/gate`, { body: { gate, fence } })),
    powerState: async (id, name) => powerStateIn(await truth(id), name),
    dnsRecord: (name, type, values) => done(call('PUT', '/_control/dns', { body: { name, type, values } })),
  };
}

function powerStateIn(truth: Json, name: string): string {
  const machine = truth.at('virtualMachines').items.find((one) => one.at('name').text === name);
  return machine?.at('powerState').text ?? 'absent';
}
