import type { Listing } from '../ports/compute-control-plane.js';
import type { RestartScene, SceneMachine, SceneScaleSet } from '../ports/restart-scenes.js';
import { hasTemporaryDisk } from './temporary-disk.js';

/** Something that is to be said beside the facts: what is not known, or why there is none. */
export interface PreviewNote {
  readonly code: string;
  readonly message: string;
}

/** What a preview says of one machine, or of the plan: what happens, and what to do before. */
export const words = {
  address: ({ name }: SceneMachine, addresses: readonly string[]): string => {
    const which = addresses.length === 0 ? 'public address' : `address ${addresses.join(' and ')}`;
    return `${name} loses its ${which}: ask for a static one first, or update reverse DNS and SPF afterwards.`;
  },
  disk: ({ name }: SceneMachine): string =>
    `${name} loses what is on its temporary disk: copy what you need to a data disk first.`,
  ephemeral: ({ name }: SceneMachine): string =>
    `${name} has its system disk on the host and cannot be deallocated: replace it after the grant by a machine that you create anew.`,
  noAnswer: (code: string): PreviewNote => ({
    code: 'cloud-did-not-answer',
    message: `The cloud did not say in time what there is in this subscription (${code}). It is asked again, or ask again in a minute; nothing follows from it.`,
  }),
  busy: {
    code: 'cloud-busy',
    message:
      'The cloud lets few calls through for this subscription at the moment, and work on machines goes before a preview. It is asked again, or ask again in a minute; nothing follows from it.',
  },
  standstill: (down: number): PreviewNote => ({
    code: 'max-unavailable-reached',
    message: `The power state of ${String(down)} machines is not known, which is as many as the plan allows to be down: it would stand still. Look at them in the portal, or raise maxUnavailable.`,
  }),
} as const;

/** What was not seen at all: listings that are not whole, and instances of uniform scale sets that did not come in time. */
export function unseen(
  { powerStates, interfaces, publicAddresses, scaleSets }: RestartScene,
  mostShown: number,
): readonly PreviewNote[] {
  return [
    ...notWhole('power-states-unknown', 'which machines are running, and so how long it takes', powerStates),
    ...notWhole(
      'addresses-unknown',
      'which machines would lose a public address',
      interfaces,
      publicAddresses,
    ),
    ...notWhole('scale-sets-unknown', 'whether there are scale sets with instances of their own', scaleSets),
    ...(scaleSets.kind === 'complete' ? unlooked(scaleSets.items, mostShown) : []),
  ];
}

/** Instances that were not seen in time: a line a set, and one for all sets beyond those. */
function unlooked(sets: readonly SceneScaleSet[], mostShown: number): readonly PreviewNote[] {
  const uniform = sets.filter(({ isSeen, instances }) => !isSeen && instances !== 0);
  const more = uniform.length - mostShown;
  const note = (whose: string) => ({
    code: 'scale-set-instances',
    message: `The ${whose} are not in this preview: look at their addresses and disks yourself.`,
  });
  return [
    ...uniform
      .slice(0, mostShown)
      .map(({ name, instances }) =>
        note(`${instances === null ? '' : `${String(instances)} `}instances of the scale set ${name}`),
      ),
    ...(more > 0 ? [note(`instances of ${String(more)} more scale sets`)] : []),
  ];
}

function notWhole(
  code: string,
  what: string,
  ...listings: readonly Listing<unknown>[]
): readonly PreviewNote[] {
  const broken = listings.find((listing) => listing.kind === 'incomplete');
  if (broken?.kind !== 'incomplete') return [];
  return [
    {
      code,
      message: `The cloud did not say in time ${what} (${broken.code}). Ask again in a minute; do not take it for good news.`,
    },
  ];
}

/** What the listings are silent about, although they are whole. */
export function unsaid(
  stopped: readonly SceneMachine[],
  addressesUnknown: number,
  powerUnknown: number,
): readonly PreviewNote[] {
  const disksUnknown = stopped.filter(({ size }) => hasTemporaryDisk(size) === null).length;
  return [
    ...ofSome('addresses-unknown', addressesUnknown, 'public addresses are kept', 'network interfaces'),
    ...ofSome('temporary-disks-unknown', disksUnknown, 'there is a temporary disk to lose', 'size'),
    ...ofSome('power-states-unknown', powerUnknown, 'it runs', 'power state'),
  ];
}

function ofSome(code: string, count: number, what: string, where: string): readonly PreviewNote[] {
  if (count === 0) return [];
  const who = count === 1 ? 'one machine' : `${String(count)} machines`;
  return [{ code, message: `Of ${who} it is not known whether ${what}: look at the ${where} before.` }];
}
