import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The rows of the five lifecycles. A row is its aggregate, and moves only together with its history. */
export class CreateAggregates1764000000003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of [requests, exemptions, restarts, gates, violations])
      await queryRunner.query(statement);
    for (const statement of indexes) await queryRunner.query(statement);
    await queryRunner.query(
      `GRANT SELECT, INSERT, UPDATE ON exemption_requests, exemptions, restarts, gates, violations TO postern_app`,
    );
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const requests = `
  CREATE TABLE exemption_requests (
    id uuid NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    subscription_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    filed_by jsonb NOT NULL,
    classification text NOT NULL,
    pack text NOT NULL,
    relay_cannot_be_used boolean NOT NULL,
    daily_volume integer NOT NULL,
    restart_plan jsonb NOT NULL,
    submitted_at timestamptz NOT NULL,
    round integer NOT NULL,
    checks jsonb NOT NULL,
    verdict text,
    due_at timestamptz,
    review_due_at timestamptz NOT NULL,
    question jsonb,
    first_approval jsonb,
    decision jsonb,
    exemption_id uuid,
    ended_at timestamptz,
    CONSTRAINT exemption_requests_pk PRIMARY KEY (id),
    CONSTRAINT exemption_requests_subscription_fk FOREIGN KEY (subscription_id) REFERENCES subscriptions (subscription_id),
    CONSTRAINT exemption_requests_version_positive CHECK (version > 0),
    CONSTRAINT exemption_requests_volume_positive CHECK (daily_volume > 0),
    CONSTRAINT exemption_requests_state_known CHECK (state IN ('checking', 'reviewing', 'awaiting-information', 'second-reviewing', 'approved', 'denied', 'withdrawn', 'lapsed')),
    CONSTRAINT exemption_requests_verdict_known CHECK (verdict IS NULL OR verdict IN ('clear', 'doubtful', 'hostile')),
    CONSTRAINT exemption_requests_decided CHECK (state NOT IN ('approved', 'denied') OR decision IS NOT NULL),
    CONSTRAINT exemption_requests_granted CHECK ((state = 'approved') = (exemption_id IS NOT NULL)),
    CONSTRAINT exemption_requests_checking_ends CHECK (state <> 'checking' OR due_at IS NOT NULL)
  )`;

const exemptions = `
  CREATE TABLE exemptions (
    id uuid NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    subscription_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    request_id uuid NOT NULL,
    pack text NOT NULL,
    granted_at timestamptz NOT NULL,
    granted_by jsonb NOT NULL,
    expires_on timestamptz,
    conditions_text_id uuid,
    restart_plan jsonb NOT NULL,
    fence integer NOT NULL,
    effective_at timestamptz,
    suspension jsonb,
    revocation jsonb,
    ended_at timestamptz,
    CONSTRAINT exemptions_pk PRIMARY KEY (id),
    CONSTRAINT exemptions_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests (id),
    CONSTRAINT exemptions_request_once UNIQUE (request_id),
    CONSTRAINT exemptions_version_positive CHECK (version > 0),
    CONSTRAINT exemptions_fence_positive CHECK (fence > 0),
    CONSTRAINT exemptions_state_known CHECK (state IN ('enabling', 'effective', 'suspended', 'revoking', 'expiring', 'revoked', 'expired')),
    CONSTRAINT exemptions_ended CHECK ((state IN ('revoked', 'expired')) = (ended_at IS NOT NULL)),
    CONSTRAINT exemptions_revoked_by_somebody CHECK (state NOT IN ('revoking', 'revoked') OR revocation IS NOT NULL)
  )`;

const restarts = `
  CREATE TABLE restarts (
    id uuid NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    exemption_id uuid NOT NULL,
    request_id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    vm_id text NOT NULL,
    direction text NOT NULL,
    fence integer NOT NULL,
    resource_id text NOT NULL,
    name text NOT NULL,
    found text NOT NULL,
    stopped_by_us boolean NOT NULL,
    blocker jsonb,
    CONSTRAINT restarts_pk PRIMARY KEY (id),
    CONSTRAINT restarts_exemption_fk FOREIGN KEY (exemption_id) REFERENCES exemptions (id),
    CONSTRAINT restarts_once UNIQUE (exemption_id, vm_id, direction, fence),
    CONSTRAINT restarts_version_positive CHECK (version > 0),
    CONSTRAINT restarts_direction_known CHECK (direction IN ('enable', 'revoke')),
    CONSTRAINT restarts_found_known CHECK (found IN ('running', 'stopped', 'no-host', 'unknown')),
    CONSTRAINT restarts_state_known CHECK (state IN ('waiting', 'deallocating', 'starting', 'blocked', 'failed', 'skipped', 'resting', 'restarted', 'gone', 'superseded', 'created-after')),
    CONSTRAINT restarts_revocation_skips_nothing CHECK (state <> 'skipped' OR direction = 'enable'),
    CONSTRAINT restarts_blocked_by_something CHECK (state NOT IN ('blocked', 'failed') OR blocker IS NOT NULL),
    CONSTRAINT restarts_in_flight_is_ours CHECK (state NOT IN ('deallocating', 'starting') OR stopped_by_us)
  )`;

const gates = `
  CREATE TABLE gates (
    id uuid NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    tenant_id uuid NOT NULL,
    exemption_id uuid NOT NULL,
    request_id uuid NOT NULL,
    position text NOT NULL,
    fence integer NOT NULL,
    ordered_at timestamptz NOT NULL,
    confirmed_fence integer NOT NULL,
    confirmed_at timestamptz,
    moved_at timestamptz,
    applies_to text NOT NULL,
    first_opened_fence integer,
    their_fence bigint,
    CONSTRAINT gates_pk PRIMARY KEY (id),
    CONSTRAINT gates_subscription_fk FOREIGN KEY (id) REFERENCES subscriptions (subscription_id),
    CONSTRAINT gates_version_positive CHECK (version > 0),
    CONSTRAINT gates_state_known CHECK (state IN ('closed', 'opening', 'open', 'closing', 'disputed')),
    CONSTRAINT gates_position_known CHECK (position IN ('open', 'closed')),
    CONSTRAINT gates_reach_known CHECK (applies_to IN ('next-start', 'running')),
    CONSTRAINT gates_confirmed_before_ordered CHECK (confirmed_fence <= fence),
    CONSTRAINT gates_settled_is_confirmed CHECK (state NOT IN ('open', 'closed') OR confirmed_fence = fence)
  )`;

const violations = `
  CREATE TABLE violations (
    id uuid NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    exemption_id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    violation_kind text NOT NULL,
    description_text_id uuid NOT NULL,
    evidence jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    judged_at timestamptz,
    judged_by jsonb,
    judgement_text_id uuid,
    CONSTRAINT violations_pk PRIMARY KEY (id),
    CONSTRAINT violations_exemption_fk FOREIGN KEY (exemption_id) REFERENCES exemptions (id),
    CONSTRAINT violations_version_positive CHECK (version > 0),
    CONSTRAINT violations_state_known CHECK (state IN ('alleged', 'confirmed', 'dismissed')),
    CONSTRAINT violations_judged CHECK ((state = 'alleged') = (judged_by IS NULL))
  )`;

const indexes = [
  // At most one live request and one live exemption a subscription (invariant I2).
  `CREATE UNIQUE INDEX exemption_requests_one_live ON exemption_requests (subscription_id)
     WHERE state IN ('checking', 'reviewing', 'awaiting-information', 'second-reviewing')`,
  `CREATE UNIQUE INDEX exemptions_one_live ON exemptions (subscription_id)
     WHERE state IN ('enabling', 'effective', 'suspended', 'revoking', 'expiring')`,
  `CREATE INDEX exemption_requests_by_tenant ON exemption_requests (tenant_id, submitted_at DESC, id DESC)`,
  `CREATE INDEX exemption_requests_by_subscription ON exemption_requests (subscription_id, submitted_at DESC)`,
  `CREATE INDEX exemption_requests_by_filer ON exemption_requests ((filed_by ->> 'tenantId'), submitted_at DESC, id DESC)`,
  `CREATE INDEX exemption_requests_newest ON exemption_requests (submitted_at DESC, id DESC)`,
  `CREATE INDEX exemption_requests_due ON exemption_requests (due_at) WHERE due_at IS NOT NULL`,
  `CREATE INDEX exemption_requests_queue ON exemption_requests (review_due_at, id)
     WHERE state IN ('checking', 'reviewing', 'awaiting-information', 'second-reviewing')`,
  `CREATE INDEX exemptions_by_subscription ON exemptions (subscription_id, granted_at DESC)`,
  `CREATE INDEX exemptions_expiring ON exemptions (expires_on) WHERE expires_on IS NOT NULL AND ended_at IS NULL`,
  `CREATE INDEX exemptions_newest ON exemptions (granted_at DESC, id DESC)`,
  `CREATE INDEX exemptions_by_tenant ON exemptions (tenant_id)`,
  `CREATE INDEX restarts_in_flight ON restarts (id) WHERE state IN ('deallocating', 'starting')`,
  `CREATE INDEX restarts_by_subscription ON restarts (subscription_id)`,
  `CREATE INDEX violations_newest ON violations (recorded_at DESC, id DESC)`,
  `CREATE INDEX violations_by_exemption ON violations (exemption_id)`,
];
