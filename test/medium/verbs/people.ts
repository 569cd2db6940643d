import type { Call } from '../../../src/application/call.js';
import type { Caller, Role, TenantKind } from '../../../src/domain/access/actor.js';

export const platformTenant = '00000000-0000-4000-8000-000000000001';
export const partnerTenant = '00000000-0000-4000-8000-000000000002';
export const customerTenant = '00000000-0000-4000-8000-000000000003';
export const strangerTenant = '00000000-0000-4000-8000-000000000004';

const person = (tenantKind: TenantKind, tenantId: string, number: number, ...roles: Role[]): Caller => ({
  kind: 'caller',
  tenantKind,
  tenantId,
  objectId: `10000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  roles,
  appOnly: false,
});

export const customer = person('customer', customerTenant, 1, 'Requester');
export const colleague = person('customer', customerTenant, 2, 'Requester');
export const stranger = person('customer', strangerTenant, 3, 'Requester');
export const partner = person('partner', partnerTenant, 4, 'Requester');
export const reviewer = person('platform', platformTenant, 5, 'Reviewer');
export const reviewer2 = person('platform', platformTenant, 6, 'Reviewer');
export const approver = person('platform', platformTenant, 7, 'Approver');
export const approver2 = person('platform', platformTenant, 8, 'Approver');
export const analyst = person('platform', platformTenant, 9, 'AbuseAnalyst');
export const operator = person('platform', platformTenant, 10, 'Operator');

/** A call of somebody, on the version they hold the thing to be. */
export function by(actor: Caller, ifMatch: number | null = null): Call {
  return { actor, traceId: null, ifMatch };
}
