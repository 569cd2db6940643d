import type { MigrationInterface, QueryRunner } from 'typeorm';
import { policiesOf } from './support/tenant-policies.js';

/**
 * What restarting a request's machines would do, as a worker saw it last, for the pages of undecided requests; and why an
 * activity log cannot be read.
 */
export class KeepPreviews1764000000017 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const statements = [
  `CREATE TABLE restart_previews (
     request_id uuid NOT NULL,
     tenant_id uuid NOT NULL,
     outlook jsonb,
     problem jsonb,
     misses integer NOT NULL,
     CONSTRAINT restart_previews_pk PRIMARY KEY (request_id),
     CONSTRAINT restart_previews_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests (id),
     CONSTRAINT restart_previews_says_something CHECK (outlook IS NOT NULL OR problem IS NOT NULL),
     CONSTRAINT restart_previews_misses_counted CHECK (misses >= 0 AND (misses = 0) = (problem IS NULL))
   )`,
  ...policiesOf({
    name: 'restart_previews',
    // Seen by whom its request is seen; made by workers alone.
    api: {
      sees: `tenant_id = app_tenant() OR EXISTS (SELECT FROM exemption_requests rq WHERE rq.id = restart_previews.request_id)`,
      may: 'SELECT',
      writes: 'false',
    },
    reviewer: 'SELECT',
    worker: 'SELECT, INSERT, UPDATE, DELETE',
  }),
  `ALTER TABLE effects DROP CONSTRAINT effects_type_known`,
  // Not validated at once: every row that there is fits the narrower rule that it replaces.
  `ALTER TABLE effects ADD CONSTRAINT effects_type_known CHECK (type IN ('run-fraud-check', 'move-gate',
     'conduct-restarts', 'restart-vm', 'send-notification', 'check-control-proof', 'preview-restarts')) NOT VALID`,
  `ALTER TABLE effects VALIDATE CONSTRAINT effects_type_known`,
  // Requests that were filed before: theirs is made as if they were filed now.
  `SELECT set_config('app.unscoped', 'on', true)`,
  `INSERT INTO effects (type, payload, priority, order_key, singleton_key, due_at, created_at)
   SELECT 'preview-restarts', jsonb_build_object('requestId', id), 6, NULL, 'preview_' || id, now(), now()
   FROM exemption_requests WHERE state IN ('checking', 'reviewing', 'awaiting-information', 'second-reviewing')`,
  `SELECT set_config('app.unscoped', '', true)`,
  `ALTER TABLE conduct_notes ADD COLUMN log_problem jsonb`,
];
