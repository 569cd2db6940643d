import type { Instant } from '../instants.js';
import type { ControlProof } from '../subscription/control-proof.js';
import type { Page } from './aggregate-stores.js';

export interface ControlProofStore {
  find(id: string): Promise<ControlProof | null>;
  lock(id: string): Promise<ControlProof | null>;
  /** A new one: whoever asks adds, and only the worker that looks changes what is there. */
  add(proof: ControlProof): Promise<void>;
  save(proof: ControlProof): Promise<void>;
  /** Newest first. `provesFor` leaves out what other tenants asked for; null leaves out nothing. */
  list(subscriptionId: string, provesFor: string | null, page: Page): Promise<readonly ControlProof[]>;
  /** Of a tenant's proofs for a subscription the one that holds at `now`; else the newest; null without any. */
  best(subscriptionId: string, provesFor: string, now: Instant): Promise<ControlProof | null>;
  /** The one whose tag is still looked for, of which a tenant has at most one a subscription. */
  findOpen(subscriptionId: string, provesFor: string, now: Instant): Promise<ControlProof | null>;
}
