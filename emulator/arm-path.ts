export type ArmKind =
  | 'subscription'
  | 'tags'
  | 'group'
  | 'move'
  | 'machines'
  | 'machine'
  | 'instance-view'
  | 'power'
  | 'scale-sets'
  | 'scale-set'
  | 'scale-set-power'
  | 'instances'
  | 'interfaces'
  | 'interface'
  | 'addresses'
  | 'address'
  | 'availability-set'
  | 'operation'
  | 'operation-result'
  | 'activity-log'
  | 'locks'
  | 'lock';

/** What an ARM path is about. What it does not name is empty. */
export interface ArmTarget {
  readonly kind: ArmKind;
  readonly subscriptionId: string;
  readonly group: string;
  /** The scale set whose instance the path is about. */
  readonly scaleSet: string;
  /** Of a machine, an instance (its number), an operation, a network resource, a lock. */
  readonly name: string;
  readonly action: string;
  /** What a lock is put on. */
  readonly scope: string;
}

const inGroup = '/resourceGroups/{group}';
const compute = '/providers/Microsoft.Compute';
const network = '/providers/Microsoft.Network';
const locks = '/providers/Microsoft.Authorization/locks';
const set = `${inGroup}${compute}/virtualMachineScaleSets/{scaleSet}`;
const machine = `${inGroup}${compute}/virtualMachines/{name}`;
const instance = `${set}/virtualMachines/{name}`;

/** The first form that fits counts: what has a name of its own stands before what may be called anything. */
const forms: readonly (readonly [ArmKind, string])[] = [
  ['subscription', ''],
  ['tags', '/providers/Microsoft.Resources/tags/default'],
  ['activity-log', '/providers/Microsoft.Insights/eventtypes/management/values'],
  ['group', inGroup],
  ['move', `${inGroup}/moveResources`],
  ['machines', `${compute}/virtualMachines`],
  ['machines', `${inGroup}${compute}/virtualMachines`],
  ['machine', machine],
  ['instance-view', `${machine}/instanceView`],
  ['power', `${machine}/{action}`],
  ['scale-sets', `${compute}/virtualMachineScaleSets`],
  ['scale-sets', `${inGroup}${compute}/virtualMachineScaleSets`],
  ['scale-set', set],
  ['instances', `${set}/virtualMachines`],
  ['scale-set-power', `${set}/{action}`],
  ['machine', instance],
  ['instance-view', `${instance}/instanceView`],
  ['power', `${instance}/{action}`],
  ['availability-set', `${inGroup}${compute}/availabilitySets/{name}`],
  ['operation', `${compute}/locations/{action}/operations/{name}`],
  ['operation-result', `${compute}/locations/{action}/operationResults/{name}`],
  ['interfaces', `${network}/networkInterfaces`],
  ['interfaces', `${inGroup}${network}/networkInterfaces`],
  ['interface', `${inGroup}${network}/networkInterfaces/{name}`],
  ['addresses', `${network}/publicIPAddresses`],
  ['addresses', `${inGroup}${network}/publicIPAddresses`],
  ['address', `${inGroup}${network}/publicIPAddresses/{name}`],
];

const whole = (tail: string) =>
  new RegExp(`^/subscriptions/{subscriptionId}${tail}/?$`.replace(/{(\w+)}/g, '(?<$1>[^/]+)'), 'i');
const lockForm = new RegExp(
  `^(?<scope>/subscriptions/(?<subscriptionId>[^/]+)(?:/.+)?)${locks}(?:/(?<name>[^/]+))?/?$`,
  'i',
);
const matchers = forms.map(([kind, tail]) => ({ kind, form: whole(tail) }));

/** Undefined for a path that this emulator does not speak. Segments are case-insensitive, names keep their case. */
export function parseArmPath(path: string): ArmTarget | undefined {
  const lock = lockForm.exec(path);
  if (lock !== null) return targetOf(lock.groups?.name === undefined ? 'locks' : 'lock', lock.groups);
  for (const { kind, form } of matchers) {
    const match = form.exec(path);
    if (match !== null) return targetOf(kind, match.groups);
  }
  return undefined;
}

function targetOf(kind: ArmKind, groups: Readonly<Record<string, string | undefined>> = {}): ArmTarget {
  const part = (name: string) => decodeURIComponent(groups[name] ?? '');
  return {
    kind,
    subscriptionId: part('subscriptionId'),
    group: part('group'),
    scaleSet: part('scaleSet'),
    name: part('name'),
    action: part('action'),
    scope: part('scope'),
  };
}

/** What a machine is called in logs and faults: an instance by its set and its number. */
export function machineNameOf({ scaleSet, name }: ArmTarget): string {
  return scaleSet === '' ? name : `${scaleSet}_${name}`;
}
