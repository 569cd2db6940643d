import type { SceneMachine } from '../ports/restart-scenes.js';

/** Machines that stand in for each other: the order of waves matters among them. */
export interface PreviewGroup {
  readonly kind: 'availability-set' | 'scale-set' | 'zone';
  readonly name: string;
  readonly machines: number;
  readonly message: string;
}

/** As many names as fit into a sentence. */
const mostNames = 5;

/** The availability sets, scale sets and zones that hold two or more of these machines, the largest first. */
export function groupsOf(machines: readonly SceneMachine[]): readonly PreviewGroup[] {
  const members = new Map<string, { kind: PreviewGroup['kind']; name: string; names: readonly string[] }>();
  for (const machine of machines) {
    for (const { kind, name, key } of memberships(machine)) {
      const known = members.get(key)?.names ?? [];
      members.set(key, { kind, name, names: [...known, machine.name] });
    }
  }
  return [...members.values()]
    .filter(({ names }) => names.length > 1)
    .toSorted((a, b) => b.names.length - a.names.length || a.name.localeCompare(b.name))
    .map(({ kind, name, names }) => ({
      kind,
      name,
      machines: names.length,
      message: `${listed(names)} stand in for each other in ${titles[kind]} ${name}: Postern leaves one of them running whatever the plan allows; if you restart them yourself, do so, too.`,
    }));
}

const titles = {
  'availability-set': 'availability set',
  'scale-set': 'scale set',
  zone: 'zone',
} as const;

function memberships({ availabilitySetId, scaleSetId, zones, region }: SceneMachine) {
  const named = (kind: PreviewGroup['kind'], id: string | null) =>
    id === null ? [] : [{ kind, name: id.split('/').at(-1) ?? id, key: `${kind} ${id.toLowerCase()}` }];
  return [
    ...named('availability-set', availabilitySetId),
    ...named('scale-set', scaleSetId),
    ...zones.map((zone) => ({
      kind: 'zone' as const,
      name: `${zone} of ${region}`,
      key: `zone ${region.toLowerCase()} ${zone}`,
    })),
  ];
}

/** Whether some of these stand in for each other, so that they are never all down at once: in a set, a zone, or a region's zones. */
export function standIn(machines: readonly SceneMachine[]): boolean {
  if (groupsOf(machines).length > 0) return true;
  const zoned = machines.filter(({ zones }) => zones.length > 0).map(({ region }) => region.toLowerCase());
  return new Set(zoned).size < zoned.length;
}

/** `mx1, mx2 and 3 more`. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${String(more)} more`;
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}
