import type { Actor } from './actor.js';

/**
 * Which rows an actor may see. A customer sees its own tenant's; a partner those of customers it has an active
 * relationship with (and of requests only what it filed itself); the platform and its workers everything.
 */
export type Scope =
  | { readonly kind: 'platform' }
  | { readonly kind: 'customer'; readonly tenantId: string }
  | { readonly kind: 'partner'; readonly tenantId: string };

export function scopeOf(actor: Actor): Scope {
  if (actor.kind !== 'caller' || actor.tenantKind === 'platform') return { kind: 'platform' };
  return { kind: actor.tenantKind, tenantId: actor.tenantId };
}
