/** What an ARM path is about. Segments are case-insensitive; names are answered as they were first written. */
export type ArmTarget =
  | { readonly kind: 'subscription'; readonly subscriptionId: string }
  | { readonly kind: 'tags'; readonly subscriptionId: string }
  | { readonly kind: 'group'; readonly subscriptionId: string; readonly group: string }
  | { readonly kind: 'machines'; readonly subscriptionId: string; readonly group: string | null }
  | {
      readonly kind: 'machine';
      readonly subscriptionId: string;
      readonly group: string;
      readonly name: string;
    }
  | {
      readonly kind: 'instance-view';
      readonly subscriptionId: string;
      readonly group: string;
      readonly name: string;
    }
  | {
      readonly kind: 'power';
      readonly subscriptionId: string;
      readonly group: string;
      readonly name: string;
      readonly action: string;
    }
  | {
      readonly kind: 'operation';
      readonly subscriptionId: string;
      readonly operationId: string;
      readonly form: 'status' | 'result';
    };

const segment = '([^/]+)';
const compute = '/providers/microsoft\\.compute';
const inGroup = `/resourcegroups/${segment}${compute}/virtualmachines`;

type Maker = (ids: readonly string[]) => ArmTarget;
const id = (ids: readonly string[], index: number) => decodeURIComponent(ids[index] ?? '');

const forms: readonly (readonly [RegExp, Maker])[] = (
  [
    ['', (ids) => ({ kind: 'subscription', subscriptionId: id(ids, 0) })],
    [
      '/providers/microsoft\\.resources/tags/default',
      (ids) => ({ kind: 'tags', subscriptionId: id(ids, 0) }),
    ],
    [
      `/resourcegroups/${segment}`,
      (ids) => ({ kind: 'group', subscriptionId: id(ids, 0), group: id(ids, 1) }),
    ],
    [`${compute}/virtualmachines`, (ids) => ({ kind: 'machines', subscriptionId: id(ids, 0), group: null })],
    [
      `${compute}/locations/${segment}/operations/${segment}`,
      (ids) => ({ kind: 'operation', subscriptionId: id(ids, 0), operationId: id(ids, 2), form: 'status' }),
    ],
    [
      `${compute}/locations/${segment}/operationresults/${segment}`,
      (ids) => ({ kind: 'operation', subscriptionId: id(ids, 0), operationId: id(ids, 2), form: 'result' }),
    ],
    [inGroup, (ids) => ({ kind: 'machines', subscriptionId: id(ids, 0), group: id(ids, 1) })],
    [`${inGroup}/${segment}`, (ids) => ({ kind: 'machine', ...machineIds(ids) })],
    [`${inGroup}/${segment}/instanceview`, (ids) => ({ kind: 'instance-view', ...machineIds(ids) })],
    [
      `${inGroup}/${segment}/${segment}`,
      (ids) => ({ kind: 'power', ...machineIds(ids), action: id(ids, 3) }),
    ],
  ] satisfies readonly (readonly [string, Maker])[]
).map(([tail, make]) => [new RegExp(`^/subscriptions/${segment}${tail}/?$`, 'i'), make] as const);

function machineIds(ids: readonly string[]) {
  return { subscriptionId: id(ids, 0), group: id(ids, 1), name: id(ids, 2) };
}

/** Undefined for a path that this emulator does not speak. */
export function parseArmPath(path: string): ArmTarget | undefined {
  for (const [form, make] of forms) {
    const match = form.exec(path);
    if (match !== null) return make(match.slice(1));
  }
  return undefined;
}
