import { EntitySchema } from 'typeorm';
import type { AddressReview } from '../../domain/enforcement/address-review.js';
import type { AddressReviewStore } from '../../domain/ports/address-review-store.js';
import { bigint, instant, integer, json, key, orNull, uuid } from './columns.js';
import { RowMapper } from './row-mapper.js';
import type { SqlSession } from './sql-session.js';

const addressReviewTable = new EntitySchema<AddressReview>({
  name: 'AddressReview',
  tableName: 'address_reviews',
  columns: {
    exemptionId: uuid(key),
    tenantId: uuid(),
    fence: bigint(),
    lookedAt: instant(orNull),
    addresses: json(),
    more: integer(),
    domains: json(orNull),
    problem: json(orNull),
    looks: integer(),
    misses: integer(),
  },
});
const reviews = new RowMapper(addressReviewTable);

export class PostgresAddressReviews implements AddressReviewStore {
  constructor(private readonly sql: SqlSession) {}

  find(exemptionId: string): Promise<AddressReview | null> {
    return this.sql.one(reviews, 'SELECT * FROM address_reviews WHERE exemption_id = $1', [exemptionId]);
  }

  save(review: AddressReview): Promise<void> {
    return this.sql.upsert(addressReviewTable, [review], ['exemptionId']);
  }

  async remove(exemptionId: string): Promise<void> {
    await this.sql.change('DELETE FROM address_reviews WHERE exemption_id = $1', [exemptionId]);
  }
}
