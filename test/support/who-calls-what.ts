import { roles, type Role, type TenantKind } from '../../src/domain/access/actor.js';

/** Who calls which function, as the contract has it: written here a second time, from no table of the program's. */
const staff: readonly Role[] = ['Reviewer', 'Approver', 'AbuseAnalyst', 'Auditor', 'Operator'];
const deciders: readonly Role[] = ['Reviewer', 'Approver'];
const readers: readonly Role[] = ['Requester', ...staff, 'Ingest'];
const request = '/v1/exemption-requests';
const one = '/v1/admin/exemption-requests/:id';
const exemption = '/v1/admin/exemptions/:id';
const functions: readonly (readonly [who: readonly Role[], ...what: readonly string[]])[] = [
  [roles, 'POST /v1/eligibility'],
  [readers, 'GET /v1/subscriptions', 'GET /v1/subscriptions/:subscriptionId'],
  [readers, 'GET /v1/subscriptions/:subscriptionId/control-proofs'],
  [
    readers,
    `GET ${request}`,
    `GET ${request}/:id`,
    `GET ${request}/:id/history`,
    `GET ${request}/:id/events`,
  ],
  [readers, 'GET /v1/exemptions/:id', 'GET /v1/exemptions/:id/virtual-machines'],
  [['Requester'], 'GET /v1/portfolio', 'POST /v1/subscriptions/:subscriptionId/control-proofs'],
  [['Requester'], `POST ${request}`, `POST ${request}/batch`, `PUT ${request}/:id/consent`],
  [['Requester'], `POST ${request}/:id/information`, `POST ${request}/:id/withdraw`],
  [['Requester'], 'PUT /v1/exemptions/:id/restart-plan'],
  [['Requester'], 'POST /v1/exemptions/:id/virtual-machines/:vmId/statements'],
  [staff, 'GET /v1/admin/exemption-requests', `GET ${one}`, 'GET /v1/admin/exemptions', `GET ${exemption}`],
  [staff, 'GET /v1/admin/policy-packs', 'GET /v1/admin/policy-packs/:pack', 'GET /v1/admin/settings'],
  [deciders, `POST ${one}/claim`, `POST ${one}/release`, `POST ${one}/approve`, `POST ${one}/deny`],
  [['Approver'], `POST ${one}/take-over`],
  [deciders, `POST ${one}/request-information`, `POST ${one}/recheck`],
  [deciders, `POST ${exemption}/restarts/:vmId/retry`, `POST ${exemption}/restarts/:vmId/skip`],
  [['Reviewer', 'Approver', 'AbuseAnalyst'], `POST ${one}/notes`],
  [['Approver', 'AbuseAnalyst'], `POST ${exemption}/suspend`],
  [['Approver'], `POST ${exemption}/reinstate`, `POST ${exemption}/revoke`],
  [['AbuseAnalyst', 'Ingest'], 'POST /v1/admin/violations'],
  [['Ingest'], 'POST /v1/events/azure', 'OPTIONS /v1/events/azure'],
  [['AbuseAnalyst', 'Auditor'], 'GET /v1/admin/violations'],
  [['AbuseAnalyst'], 'POST /v1/admin/violations/:id/confirm', 'POST /v1/admin/violations/:id/dismiss'],
  [['Operator', 'Ingest'], 'PUT /v1/admin/subscriptions/:subscriptionId'],
  [['Operator', 'Ingest'], 'PUT /v1/admin/partner-relationships/:partnerTenantId/:customerTenantId'],
  [['Operator'], 'PUT /v1/admin/tenants/:tenantId', 'POST /v1/admin/effects/:id/requeue'],
  [['Operator'], 'POST /v1/admin/gates/:subscriptionId/adopt-fence'],
  [['Operator'], 'DELETE /v1/admin/people/:id', 'DELETE /v1/admin/contacts'],
  [['Operator', 'Auditor'], 'GET /v1/admin/effects'],
  [['Auditor'], 'GET /v1/admin/audit/entries', 'GET /v1/admin/audit/checkpoints'],
  [['Auditor'], 'GET /v1/admin/audit/proofs/:entryId'],
];
export const whoCalls: ReadonlyMap<string, readonly Role[]> = new Map(
  functions.flatMap(([allowed, ...what]) => what.map((route) => [route, allowed] as const)),
);

/** Where a role counts: requesters outside the platform's tenant, the feed as an application in it, staff as persons. */
export function counts(role: Role, kind: TenantKind, isApplication: boolean): boolean {
  if (role === 'Requester') return kind !== 'platform';
  return kind === 'platform' && isApplication === (role === 'Ingest');
}
