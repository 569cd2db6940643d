import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is kept beside the aggregates: history and audit (append-only), erasable texts, findings, machines, evidence. */
export class CreateRecords1764000000004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of [...appendOnly, ...records, ...grants]) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const guard = (table: string) => `
  CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()`;

const appendOnly = [
  `CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
   END $$`,
  `CREATE TABLE history (
     sequence bigint GENERATED ALWAYS AS IDENTITY,
     aggregate text NOT NULL,
     aggregate_id uuid NOT NULL,
     version integer NOT NULL,
     tenant_id uuid NOT NULL,
     from_state text,
     to_state text NOT NULL,
     event jsonb NOT NULL,
     at timestamptz NOT NULL,
     actor jsonb NOT NULL,
     CONSTRAINT history_pk PRIMARY KEY (sequence),
     CONSTRAINT history_versions_once UNIQUE (aggregate, aggregate_id, version),
     CONSTRAINT history_aggregate_known CHECK (aggregate IN ('request', 'exemption', 'restart', 'gate', 'violation')),
     CONSTRAINT history_first_has_no_past CHECK ((version = 1) = (from_state IS NULL))
   )`,
  guard('history'),
  `CREATE TABLE audit_entries (
     id uuid NOT NULL DEFAULT gen_random_uuid(),
     history_sequence bigint,
     action text NOT NULL,
     subject_type text NOT NULL,
     subject_id text NOT NULL,
     at timestamptz NOT NULL,
     actor jsonb NOT NULL,
     trace_id text,
     details jsonb NOT NULL,
     CONSTRAINT audit_entries_pk PRIMARY KEY (id),
     CONSTRAINT audit_entries_history_once UNIQUE (history_sequence),
     CONSTRAINT audit_entries_history_fk FOREIGN KEY (history_sequence) REFERENCES history (sequence)
   )`,
  guard('audit_entries'),
  `CREATE TABLE timelines (
     request_id uuid NOT NULL,
     last_sequence integer NOT NULL,
     CONSTRAINT timelines_pk PRIMARY KEY (request_id),
     CONSTRAINT timelines_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests (id)
   )`,
  `CREATE TABLE timeline_entries (
     request_id uuid NOT NULL,
     sequence integer NOT NULL,
     tenant_id uuid NOT NULL,
     event text NOT NULL,
     by text NOT NULL,
     actor_tenant_id uuid,
     code text,
     facts jsonb NOT NULL,
     mailed boolean NOT NULL,
     at timestamptz NOT NULL,
     CONSTRAINT timeline_entries_pk PRIMARY KEY (request_id, sequence),
     CONSTRAINT timeline_entries_timeline_fk FOREIGN KEY (request_id) REFERENCES timelines (request_id),
     CONSTRAINT timeline_entries_by_known CHECK (by IN ('customer', 'partner', 'platform'))
   )`,
  guard('timeline_entries'),
  `CREATE TABLE machine_evidence (
     subscription_id uuid NOT NULL,
     tenant_id uuid NOT NULL,
     vm_id text NOT NULL,
     kind text NOT NULL,
     fact text NOT NULL,
     at timestamptz NOT NULL,
     source text NOT NULL,
     fence integer NOT NULL,
     CONSTRAINT machine_evidence_pk PRIMARY KEY (subscription_id, vm_id, kind, fact, at, source, fence),
     CONSTRAINT machine_evidence_kind_known CHECK (kind IN ('own-operation', 'activity-log', 'event-grid', 'sampled', 'owner-said'))
   )`,
  guard('machine_evidence'),
];

const records = [
  `CREATE TABLE request_particulars (
     request_id uuid NOT NULL,
     tenant_id uuid NOT NULL,
     justification text,
     sending jsonb NOT NULL,
     contact jsonb,
     contact_hash text,
     consent jsonb,
     CONSTRAINT request_particulars_pk PRIMARY KEY (request_id),
     CONSTRAINT request_particulars_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests (id)
   )`,
  `CREATE INDEX request_particulars_by_contact ON request_particulars (contact_hash) WHERE contact_hash IS NOT NULL`,
  `CREATE TABLE erasable_texts (
     id uuid NOT NULL,
     tenant_id uuid NOT NULL,
     about text NOT NULL,
     about_id uuid NOT NULL,
     text text NOT NULL,
     CONSTRAINT erasable_texts_pk PRIMARY KEY (id)
   )`,
  `CREATE INDEX erasable_texts_about ON erasable_texts (about_id)`,
  `CREATE TABLE findings (
     request_id uuid NOT NULL,
     round integer NOT NULL,
     "check" text NOT NULL,
     outcome text NOT NULL,
     value jsonb,
     evidence jsonb NOT NULL,
     source text NOT NULL,
     at timestamptz NOT NULL,
     reason_code text,
     CONSTRAINT findings_pk PRIMARY KEY (request_id, round, "check"),
     CONSTRAINT findings_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests (id),
     CONSTRAINT findings_outcome_known CHECK (outcome IN ('pass', 'warn', 'fail', 'unknown', 'error'))
   )`,
  `CREATE TABLE claims (
     request_id uuid NOT NULL,
     by jsonb NOT NULL,
     claimed_at timestamptz NOT NULL,
     until timestamptz NOT NULL,
     CONSTRAINT claims_pk PRIMARY KEY (request_id),
     CONSTRAINT claims_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests (id)
   )`,
  `CREATE TABLE notes (
     id uuid NOT NULL,
     request_id uuid NOT NULL,
     by jsonb NOT NULL,
     at timestamptz NOT NULL,
     text_id uuid NOT NULL,
     CONSTRAINT notes_pk PRIMARY KEY (id),
     CONSTRAINT notes_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests (id)
   )`,
  `CREATE INDEX notes_of_request ON notes (request_id, at)`,
  `CREATE TABLE machines (
     subscription_id uuid NOT NULL,
     vm_id text NOT NULL,
     tenant_id uuid NOT NULL,
     resource_id text NOT NULL,
     name text NOT NULL,
     location text NOT NULL,
     time_created timestamptz,
     ephemeral_system_disk boolean NOT NULL,
     power_state text NOT NULL,
     host text NOT NULL,
     carries text NOT NULL,
     carries_fence integer,
     released_under_fence integer,
     seen_at timestamptz NOT NULL,
     not_found_since timestamptz,
     gone boolean NOT NULL,
     CONSTRAINT machines_pk PRIMARY KEY (subscription_id, vm_id),
     CONSTRAINT machines_host_known CHECK (host IN ('held', 'none', 'unknown')),
     CONSTRAINT machines_carries_known CHECK (carries IN ('open', 'closed', 'unknown'))
   )`,
  `CREATE TABLE power_operations (
     id uuid NOT NULL,
     restart_id uuid NOT NULL,
     subscription_id uuid NOT NULL,
     tenant_id uuid NOT NULL,
     vm_id text NOT NULL,
     kind text NOT NULL,
     state text NOT NULL,
     operation_url text,
     intended_at timestamptz NOT NULL,
     sent_at timestamptz,
     ended_at timestamptz,
     polls integer NOT NULL,
     attempt integer NOT NULL,
     error_code text,
     CONSTRAINT power_operations_pk PRIMARY KEY (id),
     CONSTRAINT power_operations_restart_fk FOREIGN KEY (restart_id) REFERENCES restarts (id),
     CONSTRAINT power_operations_kind_known CHECK (kind IN ('deallocate', 'start')),
     CONSTRAINT power_operations_state_known CHECK (state IN ('intended', 'sent', 'succeeded', 'failed', 'abandoned'))
   )`,
  // One power operation in flight a machine (invariant I8).
  `CREATE UNIQUE INDEX power_operations_one_in_flight ON power_operations (subscription_id, vm_id) WHERE state IN ('intended', 'sent')`,
  `CREATE INDEX power_operations_of_restart ON power_operations (restart_id, kind, intended_at DESC)`,
  `CREATE TABLE conduct_notes (
     exemption_id uuid NOT NULL,
     tenant_id uuid NOT NULL,
     fence integer NOT NULL,
     first_listed_at timestamptz,
     last_listed_at timestamptz,
     last_looked_at timestamptz NOT NULL,
     problem jsonb,
     still_open integer,
     human_needed_since timestamptz,
     CONSTRAINT conduct_notes_pk PRIMARY KEY (exemption_id),
     CONSTRAINT conduct_notes_exemption_fk FOREIGN KEY (exemption_id) REFERENCES exemptions (id)
   )`,
];

const grants = [
  `GRANT SELECT, INSERT ON history, audit_entries, timeline_entries, machine_evidence, findings, notes TO postern_app`,
  `GRANT SELECT, INSERT, UPDATE ON timelines, machines, power_operations, conduct_notes, claims TO postern_app`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON request_particulars, erasable_texts TO postern_app`,
  `GRANT DELETE ON claims TO postern_app`,
];
