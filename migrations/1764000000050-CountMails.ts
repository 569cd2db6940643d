import type { MigrationInterface, QueryRunner } from 'typeorm';
import { policiesOf } from './support/tenant-policies.js';

/**
 * How many mails went to an address and about a subscription on a day, and which were held back for a digest: the address
 * of a contact is whatever a requester wrote, and nobody asked its owner.
 */
export class CountMails1764000000050 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const statements = [
  // A key of an address is a digest of its keyed hash and the day: two days of somebody cannot be put together.
  `CREATE TABLE mail_counts (
     key text NOT NULL,
     day date NOT NULL,
     sent integer NOT NULL,
     CONSTRAINT mail_counts_pk PRIMARY KEY (key, day),
     CONSTRAINT mail_counts_sent_counted CHECK (sent >= 0)
   )`,
  `CREATE INDEX mail_counts_oldest ON mail_counts (day)`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON mail_counts TO postern_worker`,
  `CREATE TABLE held_mails (
     request_id uuid NOT NULL,
     sequence integer NOT NULL,
     tenant_id uuid NOT NULL,
     held_at timestamptz NOT NULL,
     CONSTRAINT held_mails_pk PRIMARY KEY (request_id, sequence),
     CONSTRAINT held_mails_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests (id)
   )`,
  `CREATE INDEX held_mails_oldest ON held_mails (held_at)`,
  ...policiesOf({
    name: 'held_mails',
    api: null,
    reviewer: 'SELECT',
    worker: 'SELECT, INSERT, DELETE',
  }),
];
