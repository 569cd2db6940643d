import type { GuardedTable } from './tenant-policies.js';

/** The row's tenant is the caller's. */
const own = 'tenant_id = app_tenant()';
/** The caller is an active partner of the row's tenant, and whoever says so said it lately. */
const partnerOf = (customer: string) =>
  `EXISTS (SELECT FROM partner_relationships pr WHERE pr.partner_tenant_id = app_tenant() AND pr.customer_tenant_id = ${customer}
     AND pr.status = 'active' AND pr.valid_from <= app_now() AND (pr.valid_to IS NULL OR pr.valid_to > app_now())
     AND (pr.source = 'operator' OR pr.confirmed_at > app_fresh_since()))`;
const inReach = (table: string) => `${own} OR ${partnerOf(`${table}.tenant_id`)}`;
/** What belongs to a request is seen by whom the request is seen. */
const ofRequest = (table: string) =>
  `EXISTS (SELECT FROM exemption_requests rq WHERE rq.id = ${table}.request_id)`;

/** Every table with a tenant of that time: who sees which rows, and may do what. Later ones bring their own. */
export const guardedTables: readonly GuardedTable[] = [
  {
    name: 'tenants',
    api: { sees: inReach('tenants'), may: 'SELECT' },
    reviewer: 'SELECT, INSERT, UPDATE',
    worker: 'SELECT',
  },
  {
    name: 'partner_relationships',
    api: { sees: 'partner_tenant_id = app_tenant() OR customer_tenant_id = app_tenant()', may: 'SELECT' },
    reviewer: 'SELECT, INSERT, UPDATE',
    worker: 'SELECT',
  },
  {
    name: 'subscriptions',
    // A filer holds the row until the commit, which takes the right to change a column; no change passes the check.
    api: { sees: inReach('subscriptions'), may: 'SELECT, UPDATE (subscription_id)', writes: 'false' },
    reviewer: 'SELECT, INSERT, UPDATE',
    worker: 'SELECT, UPDATE (subscription_id)',
  },
  {
    name: 'exemption_requests',
    api: {
      sees: `${own} OR (filer_tenant_id = app_tenant() AND ${partnerOf('exemption_requests.tenant_id')})`,
      may: 'SELECT, INSERT, UPDATE',
    },
    reviewer: 'SELECT, UPDATE',
    worker: 'SELECT, UPDATE',
  },
  {
    name: 'exemptions',
    api: { sees: `${own} OR ${ofRequest('exemptions')}`, may: 'SELECT, UPDATE' },
    reviewer: 'SELECT, INSERT, UPDATE',
    worker: 'SELECT, INSERT, UPDATE',
  },
  {
    name: 'restarts',
    api: { sees: `${own} OR ${ofRequest('restarts')}`, may: 'SELECT' },
    reviewer: 'SELECT, UPDATE',
    worker: 'SELECT, INSERT, UPDATE',
  },
  {
    name: 'gates',
    api: { sees: `${own} OR ${ofRequest('gates')}`, may: 'SELECT' },
    reviewer: 'SELECT, INSERT, UPDATE',
    worker: 'SELECT, INSERT, UPDATE',
  },
  { name: 'violations', api: null, reviewer: 'SELECT, INSERT, UPDATE', worker: 'SELECT' },
  {
    name: 'history',
    api: { sees: inReach('history'), may: 'SELECT, INSERT' },
    reviewer: 'SELECT, INSERT',
    worker: 'SELECT, INSERT',
  },
  {
    name: 'timelines',
    api: { sees: ofRequest('timelines'), may: 'SELECT, INSERT, UPDATE' },
    reviewer: 'SELECT, INSERT, UPDATE',
    worker: 'SELECT, INSERT, UPDATE',
  },
  {
    name: 'timeline_entries',
    api: { sees: `${own} OR ${ofRequest('timeline_entries')}`, may: 'SELECT, INSERT' },
    reviewer: 'SELECT, INSERT',
    worker: 'SELECT, INSERT',
  },
  {
    name: 'request_particulars',
    api: { sees: `${own} OR ${ofRequest('request_particulars')}`, may: 'SELECT, INSERT, UPDATE' },
    reviewer: 'SELECT, UPDATE, DELETE',
    worker: 'SELECT',
  },
  {
    name: 'erasable_texts',
    // What staff write for each other is about violations and notes; the rest is picked by id from what one sees.
    api: {
      sees: `about IN ('request', 'exemption') AND (${inReach('erasable_texts')})`,
      may: 'SELECT, INSERT',
    },
    reviewer: 'SELECT, INSERT, UPDATE, DELETE',
    worker: 'SELECT, INSERT',
  },
  {
    name: 'findings',
    api: { sees: ofRequest('findings'), may: 'SELECT (request_id, round)', writes: 'false' },
    reviewer: 'SELECT',
    worker: 'SELECT, INSERT',
  },
  {
    name: 'claims',
    // Whoever withdraws a request ends the claim on it, and does not learn whose it was.
    api: { sees: ofRequest('claims'), may: 'SELECT (request_id), DELETE', writes: 'false' },
    reviewer: 'SELECT, INSERT, UPDATE, DELETE',
    worker: 'SELECT, DELETE',
  },
  { name: 'notes', api: null, reviewer: 'SELECT, INSERT', worker: 'SELECT' },
  {
    name: 'machines',
    api: { sees: inReach('machines'), may: 'SELECT' },
    reviewer: 'SELECT',
    worker: 'SELECT, INSERT, UPDATE',
  },
  {
    name: 'machine_evidence',
    api: { sees: inReach('machine_evidence'), may: 'SELECT' },
    reviewer: 'SELECT, INSERT',
    worker: 'SELECT, INSERT',
  },
  { name: 'power_operations', api: null, reviewer: 'SELECT', worker: 'SELECT, INSERT, UPDATE' },
  {
    name: 'conduct_notes',
    api: {
      sees: `${own} OR EXISTS (SELECT FROM exemptions ex WHERE ex.id = conduct_notes.exemption_id)`,
      may: 'SELECT',
    },
    reviewer: 'SELECT, INSERT, UPDATE',
    worker: 'SELECT, INSERT, UPDATE',
  },
  {
    name: 'idempotency_keys',
    api: { sees: own, may: 'SELECT, INSERT, UPDATE' },
    reviewer: 'SELECT, INSERT, UPDATE, DELETE',
    worker: 'SELECT, DELETE',
  },
  {
    name: 'people',
    // Whoever acts finds or makes their own commitment (docs/privacy.md).
    api: { sees: own, may: 'SELECT, INSERT' },
    reviewer: 'SELECT, INSERT',
    worker: 'SELECT',
  },
  {
    name: 'receipts',
    api: { sees: `${own} OR ${ofRequest('receipts')}`, may: 'SELECT' },
    reviewer: 'SELECT, INSERT',
    worker: 'SELECT, INSERT',
  },
  {
    name: 'control_proofs',
    api: {
      sees: `${own} OR (proves_for = app_tenant() AND ${partnerOf('control_proofs.tenant_id')})`,
      may: 'SELECT, INSERT, UPDATE',
    },
    reviewer: 'SELECT',
    worker: 'SELECT, INSERT, UPDATE',
  },
];
