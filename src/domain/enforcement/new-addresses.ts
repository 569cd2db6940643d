import type { RestartScene } from '../ports/restart-scenes.js';
import { addressFates } from './preview-addresses.js';

/** A public address that a machine came back with: the one of before was released with its host. */
export interface NewAddress {
  readonly machine: string;
  readonly resourceId: string;
  readonly address: string;
}

/** What was seen of the addresses; `unseen` says which question the cloud did not answer. */
export type SeenAddresses =
  | { readonly kind: 'seen'; readonly addresses: readonly NewAddress[] }
  | { readonly kind: 'unseen'; readonly code: string }
  /** The subscription is somebody else's by now: what is there is none of this exemption's. */
  | { readonly kind: 'of-another-tenant' };

/**
 * The dynamic public addresses that machines hold now which were stopped and started. A static one is kept by a stop, and
 * was looked at before the grant. Pure.
 */
export function newAddressesOf(
  scene: RestartScene,
  restarted: { readonly tenantId: string; readonly resourceIds: ReadonlySet<string> },
): SeenAddresses {
  const { subscription, machines, interfaces, publicAddresses } = scene;
  if (subscription.kind === 'not-found') return { kind: 'unseen', code: 'SubscriptionNotFound' };
  if (subscription.kind !== 'found') return { kind: 'unseen', code: subscription.code };
  if (subscription.tenantId.toLowerCase() !== restarted.tenantId.toLowerCase())
    return { kind: 'of-another-tenant' };
  for (const listing of [machines, interfaces, publicAddresses])
    if (listing.kind === 'incomplete') return { kind: 'unseen', code: listing.code };
  const fateOf = addressFates(scene);
  const known = machines.kind === 'complete' && fateOf !== null ? machines.items : [];
  const addresses = known
    .filter(({ resourceId }) => restarted.resourceIds.has(resourceId.toLowerCase()))
    .flatMap((machine) => {
      const fate = fateOf?.(machine);
      const held = fate?.kind === 'lost' ? fate.addresses : [];
      return held.map((address) => ({ machine: machine.name, resourceId: machine.resourceId, address }));
    });
  return { kind: 'seen', addresses };
}
