import type { MigrationInterface, QueryRunner } from 'typeorm';
import { policiesOf } from './support/tenant-policies.js';

/**
 * Who registered which facts, and what changed by it: whoever did does not decide what rests on them. A person is known by
 * their commitment, as in the audit, so that an erasure leaves nothing of them here.
 */
export class KeepWhoRegisteredFacts1764000000039 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const statements = [
  `CREATE TABLE registrations (
     sequence bigint GENERATED ALWAYS AS IDENTITY,
     subject_type text NOT NULL,
     subject_id text NOT NULL,
     person text NOT NULL,
     by_application boolean NOT NULL,
     at timestamptz NOT NULL,
     changes jsonb NOT NULL,
     CONSTRAINT registrations_pk PRIMARY KEY (sequence),
     CONSTRAINT registrations_subject_known CHECK (subject_type IN ('subscription', 'tenant', 'relationship'))
   )`,
  `CREATE INDEX registrations_of_subject ON registrations (subject_type, subject_id, sequence)`,
  // What is there was registered by somebody: the audit knows whom.
  `INSERT INTO registrations (subject_type, subject_id, person, by_application, at, changes)
   SELECT subject_type, subject_id, actor ->> 'person', false, at, '[]' FROM audit_entries
   WHERE action IN ('subscription.registered', 'tenant.registered', 'relationship.registered') AND actor ->> 'person' IS NOT NULL
   ORDER BY at`,
  `CREATE TRIGGER registrations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registrations
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()`,
  ...policiesOf({ name: 'registrations', api: null, reviewer: 'SELECT, INSERT', worker: 'SELECT' }),
];
