import type { Listing } from '../ports/compute-control-plane.js';
import type {
  RestartScene,
  SceneInterface,
  SceneMachine,
  ScenePublicAddress,
} from '../ports/restart-scenes.js';

/** What becomes of a machine's public addresses; `unknown` where a part of it is. */
export type AddressFate =
  | { readonly kind: 'kept' }
  | { readonly kind: 'unknown' }
  /** The addresses as far as the cloud says them. */
  | { readonly kind: 'lost'; readonly addresses: readonly string[] };

/** Tells the fate of each machine's addresses; null where one of the listings is not whole. */
export function addressFates(
  scene: Pick<RestartScene, 'interfaces' | 'publicAddresses'>,
): ((machine: SceneMachine) => AddressFate) | null {
  const interfaces = byId<SceneInterface>(scene.interfaces);
  const addresses = byId<ScenePublicAddress>(scene.publicAddresses);
  if (interfaces === null || addresses === null) return null;
  return ({ interfaceIds }) => {
    const cards = interfaceIds?.map((id) => interfaces.get(id.toLowerCase())) ?? [undefined];
    const theirs = cards.flatMap((card) =>
      card === undefined ? [undefined] : card.publicAddressIds.map((id) => addresses.get(id.toLowerCase())),
    );
    const lost = theirs.filter((one) => one?.allocation === 'dynamic');
    if (lost.length > 0)
      return { kind: 'lost', addresses: lost.flatMap((one) => (one?.address ? [one.address] : [])) };
    return { kind: theirs.some((one) => one?.allocation !== 'static') ? 'unknown' : 'kept' };
  };
}

function byId<T extends { readonly resourceId: string }>(listing: Listing<T>): ReadonlyMap<string, T> | null {
  if (listing.kind === 'incomplete') return null;
  return new Map(listing.items.map((item) => [item.resourceId.toLowerCase(), item]));
}
