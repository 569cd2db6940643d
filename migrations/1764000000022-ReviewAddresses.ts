import type { MigrationInterface, QueryRunner } from 'typeorm';
import { effectTypesAre } from './support/effect-types.js';
import { policiesOf } from './support/tenant-policies.js';

/** What DNS says of the public addresses that machines came back with, and the work of asking it. */
export class ReviewAddresses1764000000022 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const statements = [
  `CREATE TABLE address_reviews (
     exemption_id uuid NOT NULL,
     tenant_id uuid NOT NULL,
     fence bigint NOT NULL,
     looked_at timestamptz,
     addresses jsonb NOT NULL,
     more integer NOT NULL,
     domains jsonb,
     problem jsonb,
     looks integer NOT NULL,
     misses integer NOT NULL,
     CONSTRAINT address_reviews_pk PRIMARY KEY (exemption_id),
     CONSTRAINT address_reviews_exemption_fk FOREIGN KEY (exemption_id) REFERENCES exemptions (id),
     CONSTRAINT address_reviews_says_something CHECK (looked_at IS NOT NULL OR problem IS NOT NULL),
     CONSTRAINT address_reviews_looks_counted CHECK (more >= 0 AND looks >= 0 AND (looks = 0) = (looked_at IS NULL)),
     CONSTRAINT address_reviews_misses_counted CHECK (misses >= 0 AND (misses = 0) = (problem IS NULL))
   )`,
  ...policiesOf({
    name: 'address_reviews',
    // Seen by whom its exemption is seen; made by workers alone.
    api: {
      sees: `tenant_id = app_tenant() OR EXISTS (SELECT FROM exemptions e WHERE e.id = address_reviews.exemption_id)`,
      may: 'SELECT',
      writes: 'false',
    },
    reviewer: 'SELECT',
    worker: 'SELECT, INSERT, UPDATE, DELETE',
  }),
  ...effectTypesAre([
    ...['run-fraud-check', 'move-gate', 'conduct-restarts', 'restart-vm', 'undo-late-stop'],
    ...['send-notification', 'check-control-proof', 'preview-restarts', 'review-addresses'],
  ]),
];
