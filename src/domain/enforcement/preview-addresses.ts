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
  /** The addresses as far as the cloud says them; not all where one has none yet, or of another nobody knows. */
  | { readonly kind: 'lost'; readonly addresses: readonly string[]; readonly areAll: boolean };

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
    const isUnknown = theirs.some((one) => !one?.allocation);
    if (lost.length === 0) return { kind: isUnknown ? 'unknown' : 'kept' };
    const said = lost.flatMap((one) => (one?.address ? [one.address] : []));
    return { kind: 'lost', addresses: said, areAll: !isUnknown && said.length === lost.length };
  };
}

function byId<T extends { readonly resourceId: string }>(listing: Listing<T>): ReadonlyMap<string, T> | null {
  if (listing.kind === 'incomplete') return null;
  return new Map(listing.items.map((item) => [item.resourceId.toLowerCase(), item]));
}
