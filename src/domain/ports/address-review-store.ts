import type { AddressReview } from '../enforcement/address-review.js';

export interface AddressReviewStore {
  find(exemptionId: string): Promise<AddressReview | null>;
  save(review: AddressReview): Promise<void>;
  /** Forgets it; where there is none nothing happens. */
  remove(exemptionId: string): Promise<void>;
}
