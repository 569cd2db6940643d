import type { Listing, PowerState } from '../ports/compute-control-plane.js';
import type { RestartScene, SceneMachine } from '../ports/restart-scenes.js';

/** Scenes as a cloud would show them, for specs about previews. */
export const at = '2026-01-10T12:00:00.000Z';
export const tenantId = '20000000-0000-4000-8000-000000000001';
export const whole = <T>(...items: readonly T[]): Listing<T> => ({ kind: 'complete', items });
export const broken = (code: string): Listing<never> => ({
  kind: 'incomplete',
  code,
  message: 'the listing is not complete',
  retryAfterSeconds: null,
});

export function machine(name: string, differs: Partial<SceneMachine> = {}): SceneMachine {
  return {
    name,
    resourceId: `/vm/${name}`,
    region: 'westeurope',
    size: 'Standard_D2s_v5',
    ephemeralSystemDisk: false,
    availabilitySetId: null,
    scaleSetId: null,
    isInstance: false,
    zones: [],
    interfaceIds: [`/nic/${name}`],
    ...differs,
  };
}

const ofMachines = { burst: 1_500, perMinute: 500 };
const ofInstances = { burst: 525, perMinute: 175 };

/** A scene in which all machines run and have an interface with a static address. */
export function sceneOf(
  machines: readonly SceneMachine[],
  differs: Partial<RestartScene> = {},
): RestartScene {
  return {
    subscription: { kind: 'found', state: 'Enabled', tenantId, tags: {} },
    machines: whole(...machines),
    powerStates: powers(Object.fromEntries(machines.map(({ name }) => [name, 'running']))),
    interfaces: whole(
      ...machines.map(({ name }) => ({ resourceId: `/NIC/${name}`, publicAddressIds: [`/ip/${name}`] })),
    ),
    publicAddresses: addresses(machines, 'static'),
    scaleSets: whole(),
    limits: {
      deallocate: ofMachines,
      start: ofMachines,
      deallocateInstance: ofInstances,
      startInstance: ofInstances,
    },
    ...differs,
  };
}

export function powers(states: Readonly<Record<string, PowerState>>): RestartScene['powerStates'] {
  return whole(
    ...Object.entries(states).map(([name, powerState]) => ({
      vmId: null,
      resourceId: `/VM/${name}`,
      powerState,
    })),
  );
}

export function addresses(machines: readonly SceneMachine[], allocation: 'dynamic' | 'static' | null) {
  return whole(
    ...machines.map(({ name }) => ({ resourceId: `/ip/${name}`, allocation, address: '203.0.113.7' })),
  );
}
