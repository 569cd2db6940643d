import type { RestartScene } from '../ports/restart-scenes.js';
import { type AddressFate, addressFates } from './preview-addresses.js';

/** A public address that a machine came back with: the one of before was released with its host. */
export interface NewAddress {
  readonly machine: string;
  readonly resourceId: string;
  readonly address: string;
}

/** Addresses of restarted machines, and the names of machines of which not every address was seen. */
export interface Found {
  readonly addresses: readonly NewAddress[];
  /** The cloud has not assigned it yet, or does not list a part of the machine: another look may see it. */
  readonly pending: readonly string[];
  /** Instances of uniform scale sets: no listing of the subscription has their interfaces, whenever it is asked. */
  readonly unlisted: readonly string[];
}

/** What was seen of the addresses; `unseen` says which question the cloud did not answer. */
export type SeenAddresses =
  | ({ readonly kind: 'seen' } & Found)
  | { readonly kind: 'unseen'; readonly code: string }
  /** The subscription is somebody else's by now: what is there is none of this exemption's. */
  | { readonly kind: 'of-another-tenant' };

/** The machines that were restarted: name by place, in lower case. */
export interface RestartedPlaces {
  readonly tenantId: string;
  readonly places: ReadonlyMap<string, string>;
}

/**
 * The dynamic public addresses that machines hold now which were stopped and started. A static one is kept by a stop, and
 * was looked at before the grant. Nobody knows of an address that was not seen: it is never as if there were none (I17). Pure.
 */
export function newAddressesOf(scene: RestartScene, { tenantId, places }: RestartedPlaces): SeenAddresses {
  const { subscription, machines, interfaces, publicAddresses } = scene;
  if (subscription.kind === 'not-found') return { kind: 'unseen', code: 'SubscriptionNotFound' };
  if (subscription.kind !== 'found') return { kind: 'unseen', code: subscription.code };
  if (subscription.tenantId.toLowerCase() !== tenantId.toLowerCase()) return { kind: 'of-another-tenant' };
  for (const listing of [machines, interfaces, publicAddresses])
    if (listing.kind === 'incomplete') return { kind: 'unseen', code: listing.code };
  const fateOf = addressFates(scene);
  const items = machines.kind === 'complete' ? machines.items : [];
  const listed = new Map(items.map((machine) => [machine.resourceId.toLowerCase(), machine]));
  const each = [...places].map(([place, name]) => {
    const machine = listed.get(place);
    const fate = machine === undefined ? undefined : fateOf?.(machine);
    const isInstance = machine?.isInstance === true;
    const resourceId = machine?.resourceId ?? place;
    return { name, resourceId, isInstance, fate: fate ?? unknown };
  });
  const unseen = each.filter(({ fate }) => !isSeen(fate));
  return {
    kind: 'seen',
    addresses: each.flatMap(({ name, resourceId, fate }) => {
      const held = fate.kind === 'lost' ? fate.addresses : [];
      return held.map((address) => ({ machine: name, resourceId, address }));
    }),
    pending: unseen.filter(({ isInstance }) => !isInstance).map(({ name }) => name),
    unlisted: unseen.filter(({ isInstance }) => isInstance).map(({ name }) => name),
  };
}

const unknown: AddressFate = { kind: 'unknown' };

function isSeen(fate: AddressFate): boolean {
  return fate.kind === 'kept' || (fate.kind === 'lost' && fate.areAll);
}
