import type { Actor, ActorRef } from '../access/actor.js';
import type { Instant } from '../instants.js';

/** What facts are registered about. */
export interface RegisteredSubject {
  readonly type: 'subscription' | 'tenant' | 'relationship';
  readonly id: string;
}

/** Who registered which facts, for good. */
export interface RegistrationStore {
  /** `changes` names the facts that are other than before; all of them where there was nothing before. */
  add(subject: RegisteredSubject, by: Actor, at: Instant, changes: readonly string[]): Promise<void>;
  /**
   * On which of these a person has a hand: their word is the last one on it, or they changed a fact of it since an instant.
   */
  touchedBy(
    person: ActorRef,
    subjects: readonly RegisteredSubject[],
    since: Instant,
  ): Promise<readonly RegisteredSubject['type'][]>;
}
