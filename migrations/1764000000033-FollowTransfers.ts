import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A subscription that changes hands takes its requests, exemptions and machines out of the former tenant's sight, and out of
 * the sight of a former reseller. The database marks what was left in the statement that registers the change, whatever the
 * program does, and its policies look at the mark (docs/tenancy.md).
 */
export class FollowTransfers1764000000033 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of [...marks, ...backfill, ...sights, ...standing])
      await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const marks = [
  `ALTER TABLE exemption_requests ADD COLUMN moved_at timestamptz, ADD COLUMN filer_left_at timestamptz`,
  `ALTER TABLE exemptions ADD COLUMN moved_at timestamptz`,
  // A mark stays: who owned a subscription before, and owns it again, has a new right or none.
  `CREATE FUNCTION mark_what_was_left() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
   DECLARE
     since timestamptz := coalesce(nullif(current_setting('app.changed_at', true), '')::timestamptz, app_now(), now());
     unscoped text := coalesce(current_setting('app.unscoped', true), '');
   BEGIN
     PERFORM set_config('app.unscoped', 'on', true);
     UPDATE exemption_requests SET moved_at = since
       WHERE subscription_id = NEW.subscription_id AND tenant_id <> NEW.tenant_id AND moved_at IS NULL;
     UPDATE exemptions SET moved_at = since
       WHERE subscription_id = NEW.subscription_id AND tenant_id <> NEW.tenant_id AND moved_at IS NULL;
     IF NEW.partner_tenant_id IS DISTINCT FROM OLD.partner_tenant_id THEN
       UPDATE exemption_requests SET filer_left_at = since
         WHERE subscription_id = NEW.subscription_id AND filed_by ->> 'kind' = 'partner'
           AND filer_tenant_id <> NEW.partner_tenant_id AND filer_left_at IS NULL;
     END IF;
     PERFORM set_config('app.unscoped', unscoped, true);
     RETURN NULL;
   END $$`,
  `REVOKE ALL ON FUNCTION mark_what_was_left FROM PUBLIC`,
  `CREATE TRIGGER subscriptions_change_hands AFTER UPDATE ON subscriptions FOR EACH ROW
     WHEN (OLD.tenant_id IS DISTINCT FROM NEW.tenant_id OR OLD.partner_tenant_id IS DISTINCT FROM NEW.partner_tenant_id)
     EXECUTE FUNCTION mark_what_was_left()`,
];

/** What changed hands before this version: from now on it is out of sight. */
const backfill = [
  `SELECT set_config('app.unscoped', 'on', true)`,
  `UPDATE exemption_requests r SET moved_at = now() FROM subscriptions s
     WHERE s.subscription_id = r.subscription_id AND s.tenant_id <> r.tenant_id`,
  `UPDATE exemptions e SET moved_at = now() FROM subscriptions s
     WHERE s.subscription_id = e.subscription_id AND s.tenant_id <> e.tenant_id`,
  `UPDATE exemption_requests r SET filer_left_at = now() FROM subscriptions s
     WHERE s.subscription_id = r.subscription_id AND r.filed_by ->> 'kind' = 'partner'
       AND s.partner_tenant_id <> r.filer_tenant_id AND s.offer ->> 'quotaId' ILIKE 'CSP%'`,
  `SELECT set_config('app.unscoped', '', true)`,
];

const own = (table: string) => `${table}.tenant_id = app_tenant()`;
const seesExemption = (table: string) =>
  `EXISTS (SELECT FROM exemptions ex WHERE ex.id = ${table}.exemption_id)`;
const ofPresentTenant = (table: string) => `EXISTS (SELECT FROM subscriptions sb
  WHERE sb.subscription_id = ${table}.subscription_id AND sb.tenant_id = ${table}.tenant_id)`;
/** The filer is still who may ask; for the customer itself a change of its reseller changes nothing. */
const filerStayed = (request: string) => `(${request}.filer_left_at IS NULL OR ${own(request)})`;
const untilLeft = (
  request: string,
  at: string,
) => `((${request}.moved_at IS NULL OR ${at} <= ${request}.moved_at)
  AND (${filerStayed(request)} OR ${at} <= ${request}.filer_left_at))`;

/** Policies that come on top of those of the tables: a row has to pass both (docs/schema.sql, restrictive). */
const restricted = (table: string, command: 'ALL' | 'SELECT' | 'UPDATE', sees: string) =>
  `CREATE POLICY ${table}_not_left ON ${table} AS RESTRICTIVE FOR ${command} TO postern_api USING (${sees})`;

const sights = [
  // The request itself stays, as history; nobody acts on it any more.
  restricted('exemption_requests', 'UPDATE', `moved_at IS NULL AND ${filerStayed('exemption_requests')}`),
  restricted(
    'exemptions',
    'ALL',
    `moved_at IS NULL AND (${own('exemptions')} OR EXISTS (SELECT FROM exemption_requests rq
       WHERE rq.id = exemptions.request_id AND rq.filer_left_at IS NULL))`,
  ),
  ...['restarts', 'gates', 'conduct_notes', 'address_reviews'].map((table) =>
    restricted(table, 'ALL', seesExemption(table)),
  ),
  ...['machines', 'machine_evidence', 'control_proofs'].map((table) =>
    restricted(table, 'ALL', ofPresentTenant(table)),
  ),
  restricted(
    'restart_previews',
    'ALL',
    `EXISTS (SELECT FROM exemption_requests rq WHERE rq.id = restart_previews.request_id
       AND rq.moved_at IS NULL AND ${filerStayed('rq')})`,
  ),
  restricted(
    'timeline_entries',
    'SELECT',
    `EXISTS (SELECT FROM exemption_requests rq WHERE rq.id = timeline_entries.request_id
       AND ${untilLeft('rq', 'timeline_entries.at')})`,
  ),
  restricted(
    'history',
    'SELECT',
    `CASE aggregate
       WHEN 'request' THEN EXISTS (SELECT FROM exemption_requests rq WHERE rq.id = history.aggregate_id
         AND ${untilLeft('rq', 'history.at')})
       WHEN 'exemption' THEN EXISTS (SELECT FROM exemptions ex WHERE ex.id = history.aggregate_id)
       WHEN 'restart' THEN EXISTS (SELECT FROM restarts rs WHERE rs.id = history.aggregate_id)
       WHEN 'gate' THEN EXISTS (SELECT FROM gates gt WHERE gt.id = history.aggregate_id)
       ELSE false END`,
  ),
  restricted(
    'erasable_texts',
    'SELECT',
    `about <> 'exemption' OR EXISTS (SELECT FROM exemptions ex WHERE ex.id = erasable_texts.about_id)`,
  ),
  restricted(
    'receipts',
    'SELECT',
    `aggregate <> 'exemption' OR EXISTS (SELECT FROM exemptions ex WHERE ex.id = receipts.aggregate_id)`,
  ),
];

/**
 * What stands in the way of a request, for who owns the subscription now. It replaces `subscription_standing_unscoped`, which
 * stays for processes of the version before: theirs are statements that were prepared for its columns.
 * - Denials and ends count for the tenant that they were given to, and no longer than it owns the subscription.
 * - An end with blame leaves a cooling-down: a revocation that was not for a change of hands, and any
 *   end of a right of which a violation was confirmed, from its end or from that confirmation, whichever came later.
 */
const standing = [
  `CREATE FUNCTION standing_of_subscription_unscoped(subscription uuid) RETURNS TABLE (
     live_request uuid, live_exemption uuid, live_exemption_state text, is_of_former_partner boolean, last_denial jsonb,
     last_revoked_granted_at timestamptz, last_revoked_at timestamptz, last_blamed_at timestamptz,
     last_expired_granted_at timestamptz, former_exemption uuid)
   LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
     -- It is the owner's policies that ask for this, so it opens nothing to the role that called.
     SELECT set_config('app.unscoped', 'on', true);
     WITH owner AS (SELECT tenant_id FROM subscriptions WHERE subscription_id = subscription),
       live AS (SELECT e.id, e.state, e.moved_at, q.filer_left_at FROM exemptions e
         JOIN exemption_requests q ON q.id = e.request_id WHERE e.subscription_id = subscription
           AND e.state IN ('enabling', 'effective', 'suspended', 'revoking', 'expiring')),
       ended AS (SELECT e.state, e.granted_at, e.ended_at, e.revocation ->> 'reasonCode' AS reason, v.judged_at
         FROM exemptions e JOIN owner o ON o.tenant_id = e.tenant_id
           LEFT JOIN LATERAL (SELECT max(judged_at) AS judged_at FROM violations
             WHERE exemption_id = e.id AND state = 'confirmed') v ON true
         WHERE e.subscription_id = subscription AND e.state IN ('revoked', 'expired'))
     SELECT
       (SELECT r.id FROM exemption_requests r WHERE r.subscription_id = subscription AND r.moved_at IS NULL
          AND r.filer_left_at IS NULL AND r.state IN ('checking', 'reviewing', 'awaiting-information', 'second-reviewing')),
       l.id, l.state, l.filer_left_at IS NOT NULL,
       (SELECT r.decision FROM exemption_requests r JOIN owner o ON o.tenant_id = r.tenant_id
          WHERE r.subscription_id = subscription AND r.state = 'denied' ORDER BY r.ended_at DESC LIMIT 1),
       x.granted_at, x.ended_at,
       (SELECT max(greatest(ended_at, judged_at)) FROM ended WHERE judged_at IS NOT NULL OR (state = 'revoked'
          AND reason NOT IN ('subscription-moved', 'reseller-changed'))),
       (SELECT max(granted_at) FROM ended WHERE state = 'expired'),
       (SELECT id FROM live WHERE moved_at IS NOT NULL)
     FROM (SELECT 1) one
       LEFT JOIN live l ON l.moved_at IS NULL
       LEFT JOIN LATERAL (SELECT granted_at, ended_at FROM ended WHERE state = 'revoked' ORDER BY ended_at DESC LIMIT 1) x ON true
   $$`,
  `REVOKE ALL ON FUNCTION standing_of_subscription_unscoped FROM PUBLIC`,
  `GRANT EXECUTE ON FUNCTION standing_of_subscription_unscoped TO postern_api, postern_reviewer, postern_worker`,
];
