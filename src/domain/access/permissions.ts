import type { Caller, Role } from './actor.js';

/** Everything that a route can demand. A route without one of these does not start. */
export type Permission =
  | 'eligibility:explain'
  | 'subscriptions:read'
  | 'control-proofs:ask'
  | 'portfolio:read'
  | 'requests:read'
  | 'requests:file'
  | 'requests:answer'
  | 'requests:withdraw'
  | 'exemptions:read'
  | 'restart-plans:set'
  | 'statements:make'
  | 'events:deliver'
  | 'queue:read'
  | 'requests:claim'
  | 'claims:take-over'
  | 'requests:decide'
  | 'notes:write'
  | 'subscriptions:register'
  | 'tenants:register'
  | 'relationships:register'
  | 'exemptions:suspend'
  | 'exemptions:reinstate'
  | 'exemptions:revoke'
  | 'restarts:steer'
  | 'violations:record'
  | 'violations:read'
  | 'violations:judge'
  | 'packs:read'
  | 'settings:read'
  | 'effects:read'
  | 'effects:requeue'
  | 'audit:read'
  | 'gates:adopt'
  | 'people:erase';

const reviewerAndAbove: readonly Permission[] = ['queue:read', 'packs:read', 'settings:read'];
const requesterReads: readonly Permission[] = ['subscriptions:read', 'requests:read', 'exemptions:read'];

/** The one table role -> permissions (openapi.json). */
export const permissionsOfRole: Readonly<Record<Role, readonly Permission[]>> = {
  Requester: [
    ...requesterReads,
    'control-proofs:ask',
    'portfolio:read',
    'requests:file',
    'requests:answer',
    'requests:withdraw',
    'restart-plans:set',
    'statements:make',
  ],
  Reviewer: [
    ...requesterReads,
    ...reviewerAndAbove,
    'requests:claim',
    'requests:decide',
    'notes:write',
    'restarts:steer',
  ],
  Approver: [
    ...requesterReads,
    ...reviewerAndAbove,
    'requests:claim',
    'requests:decide',
    'notes:write',
    'restarts:steer',
    'claims:take-over',
    'exemptions:suspend',
    'exemptions:reinstate',
    'exemptions:revoke',
  ],
  AbuseAnalyst: [
    ...requesterReads,
    ...reviewerAndAbove,
    'notes:write',
    'exemptions:suspend',
    'violations:record',
    'violations:read',
    'violations:judge',
  ],
  Auditor: [...requesterReads, ...reviewerAndAbove, 'violations:read', 'effects:read', 'audit:read'],
  Operator: [
    ...requesterReads,
    ...reviewerAndAbove,
    'subscriptions:register',
    'tenants:register',
    'relationships:register',
    'effects:read',
    'effects:requeue',
    'gates:adopt',
    'people:erase',
  ],
  Ingest: [
    ...requesterReads,
    'subscriptions:register',
    'relationships:register',
    'violations:record',
    'events:deliver',
  ],
};

/**
 * Whether a caller may do what a route demands. `Requester` counts only outside the platform's tenant, every
 * other role only inside it. `Ingest` is an application's, the others inside the platform's tenant are a person's:
 * no decision is taken, and no colleague outvoted, by a secret in somebody's pipeline.
 */
export function mayDo(caller: Caller, permission: Permission): boolean {
  if (permission === 'eligibility:explain') return true;
  return caller.roles.some(
    (role) => roleCounts(caller, role) && permissionsOfRole[role].includes(permission),
  );
}

function roleCounts(caller: Caller, role: Role): boolean {
  if (role === 'Requester') return caller.tenantKind !== 'platform';
  if (caller.tenantKind !== 'platform') return false;
  return caller.appOnly === (role === 'Ingest');
}

/** True when one of the caller's roles that count is the given one. */
export function hasRole(caller: Caller, role: Role): boolean {
  return caller.roles.includes(role) && roleCounts(caller, role);
}
