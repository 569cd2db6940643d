import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Audit entries by month, and the Merkle tree over them (docs/audit.md). Entries are written without a place in the
 * tree, so that writers never wait for each other; the leaves give them one after their commit.
 */
export class CreateAuditTree1764000000009 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of [...entries, ...carriedOver, ...tree, ...grants])
      await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const guard = (table: string) => `
  CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()`;

const entries = [
  `ALTER TABLE audit_entries RENAME TO audit_entries_before`,
  `ALTER TABLE audit_entries_before DROP CONSTRAINT audit_entries_pk, DROP CONSTRAINT audit_entries_history_once,
     DROP CONSTRAINT audit_entries_history_fk`,
  // One entry a line of history cannot be a constraint of a table by months: verify keeps it, in both directions.
  `CREATE TABLE audit_entries (
     sequence bigint GENERATED ALWAYS AS IDENTITY,
     id uuid NOT NULL DEFAULT gen_random_uuid(),
     recorded_at timestamptz NOT NULL DEFAULT now(),
     history_sequence bigint,
     action text NOT NULL,
     subject_type text NOT NULL,
     subject_id text NOT NULL,
     at timestamptz NOT NULL,
     actor jsonb NOT NULL,
     trace_id text,
     details jsonb NOT NULL,
     CONSTRAINT audit_entries_pk PRIMARY KEY (recorded_at, id),
     CONSTRAINT audit_entries_history_fk FOREIGN KEY (history_sequence) REFERENCES history (sequence)
   ) PARTITION BY RANGE (recorded_at)`,
  `CREATE INDEX audit_entries_about ON audit_entries (subject_id, recorded_at)`,
  `CREATE TABLE audit_entries_rest PARTITION OF audit_entries DEFAULT`,
  guard('audit_entries'),
  guard('audit_entries_rest'),
  // Run by the owner, with every migration: for months to come. A month whose entries lie in the rest stays there.
  `CREATE FUNCTION ensure_audit_partition(month date) RETURNS void LANGUAGE plpgsql AS $$
   DECLARE
     name text := 'audit_entries_' || to_char(month, 'YYYY_MM');
     since timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
     until timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
   BEGIN
     IF to_regclass('public.' || name) IS NOT NULL THEN RETURN; END IF;
     EXECUTE format('CREATE TABLE public.%I PARTITION OF public.audit_entries FOR VALUES FROM (%L) TO (%L)', name, since, until);
     EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%I
       FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting()', name || '_append_only', name);
   EXCEPTION WHEN check_violation THEN
     NULL;
   END $$`,
  `REVOKE EXECUTE ON FUNCTION ensure_audit_partition(date) FROM PUBLIC`,
];

const carriedOver = [
  `SELECT ensure_audit_partition(month::date) FROM (SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC') AS month
     FROM audit_entries_before) months`,
  `INSERT INTO audit_entries (id, recorded_at, history_sequence, action, subject_type, subject_id, at, actor, trace_id, details)
     SELECT id, at, history_sequence, action, subject_type, subject_id, at, actor, trace_id, details
     FROM audit_entries_before ORDER BY at, history_sequence`,
  `DROP TABLE audit_entries_before`,
];

const tree = [
  // A leaf outlives its entry: where a month was retired, the proofs of all others still hold.
  `CREATE TABLE audit_leaves (
     leaf_index bigint NOT NULL,
     entry_id uuid NOT NULL,
     recorded_at timestamptz NOT NULL,
     history_sequence bigint,
     leaf_hash bytea NOT NULL,
     CONSTRAINT audit_leaves_pk PRIMARY KEY (leaf_index),
     CONSTRAINT audit_leaves_entry_once UNIQUE (entry_id),
     CONSTRAINT audit_leaves_from_zero CHECK (leaf_index >= 0),
     CONSTRAINT audit_leaves_hash_whole CHECK (length(leaf_hash) = 32)
   )`,
  guard('audit_leaves'),
  // Whole subtrees only, so that no node ever changes: level 1 has two leaves below it.
  `CREATE TABLE audit_nodes (
     level smallint NOT NULL,
     node_index bigint NOT NULL,
     hash bytea NOT NULL,
     CONSTRAINT audit_nodes_pk PRIMARY KEY (level, node_index),
     CONSTRAINT audit_nodes_level_above_leaves CHECK (level >= 1),
     CONSTRAINT audit_nodes_hash_whole CHECK (length(hash) = 32)
   )`,
  guard('audit_nodes'),
  `CREATE TABLE audit_checkpoints (
     size bigint NOT NULL,
     note text NOT NULL,
     CONSTRAINT audit_checkpoints_pk PRIMARY KEY (size)
   )`,
  guard('audit_checkpoints'),
  `CREATE TABLE audit_retirements (
     month text NOT NULL,
     entry_id uuid NOT NULL,
     entries bigint NOT NULL,
     leaves_sha256 text NOT NULL,
     CONSTRAINT audit_retirements_pk PRIMARY KEY (month),
     CONSTRAINT audit_retirements_entry_once UNIQUE (entry_id),
     CONSTRAINT audit_retirements_month_spelt CHECK (month ~ '^[0-9]{4}-[0-9]{2}$')
   )`,
  guard('audit_retirements'),
];

const grants = [
  `GRANT SELECT, INSERT ON audit_entries, audit_leaves, audit_nodes, audit_checkpoints TO postern_app`,
  `GRANT SELECT ON audit_retirements TO postern_app`,
];
