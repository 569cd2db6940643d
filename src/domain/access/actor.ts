/** The roles a token may carry (openapi.json). Platform roles count only in the platform's own tenant. */
export type Role = 'Requester' | 'Reviewer' | 'Approver' | 'AbuseAnalyst' | 'Auditor' | 'Operator' | 'Ingest';

export const roles: readonly Role[] = [
  'Requester',
  'Reviewer',
  'Approver',
  'AbuseAnalyst',
  'Auditor',
  'Operator',
  'Ingest',
];

/** What kind of tenant a person comes from: it decides what they may see at all. */
export type TenantKind = 'customer' | 'partner' | 'platform';

/** Somebody with a token: identity is `(tenantId, objectId)`, never an e-mail address. */
export interface Caller {
  readonly kind: 'caller';
  readonly tenantKind: TenantKind;
  readonly tenantId: string;
  readonly objectId: string;
  readonly roles: readonly Role[];
  /** True for a token that an application holds in its own name (`idtyp: app`). */
  readonly appOnly: boolean;
}

/** Who does something: a caller, a pack's own rule, or a queued worker acting for the product. */
export type Actor = Caller | { readonly kind: 'policy' } | { readonly kind: 'system'; readonly name: string };

/** An actor as history keeps it: pseudonymous ids only, no roles and no names. */
export interface ActorRef {
  readonly kind: 'customer' | 'partner' | 'platform' | 'policy' | 'system';
  readonly tenantId: string | null;
  readonly objectId: string | null;
  readonly name: string | null;
}

/** The part of an actor that history and audit keep. */
export function actorRef(actor: Actor): ActorRef {
  if (actor.kind === 'caller') {
    return { kind: actor.tenantKind, tenantId: actor.tenantId, objectId: actor.objectId, name: null };
  }
  if (actor.kind === 'policy') return { kind: 'policy', tenantId: null, objectId: null, name: 'policy' };
  return { kind: 'system', tenantId: null, objectId: null, name: actor.name };
}

/** True when both are the same person: the same `(tenantId, objectId)`. Rules and workers are nobody. */
export function isSamePerson(a: ActorRef | null, b: ActorRef | null): boolean {
  if (a === null || b === null || a.objectId === null || b.objectId === null) return false;
  return a.tenantId === b.tenantId && a.objectId === b.objectId;
}

/** A worker or sweep of the product itself. */
export function systemActor(name: string): Actor {
  return { kind: 'system', name };
}

/** Which callers a row of a lifecycle admits. */
export type Party = 'requester' | 'platform' | 'policy' | 'system';

export function partyOf(actor: Actor): Party {
  if (actor.kind !== 'caller') return actor.kind;
  return actor.tenantKind === 'platform' ? 'platform' : 'requester';
}
