import type { Instant } from '../instants.js';

/** Mails a day, to one address and about one subscription; 0 = no limit. */
export interface MailShare {
  readonly ofAddress: number;
  readonly ofSubscription: number;
}

/** One line of a request's history that its contact was to be mailed. */
export interface MailedLine {
  readonly requestId: string;
  /** The line's sequence in the request's history. */
  readonly sequence: number;
}

export interface HeldMail extends MailedLine {
  readonly tenantId: string;
  readonly heldAt: Instant;
}

/** What waits for the digest of one address. */
export interface HeldMails {
  readonly total: number;
  /** The oldest ones first. */
  readonly mails: readonly HeldMail[];
}

/** What keeps an address that nobody proved from being flooded with mails (I16). */
export interface MailStore {
  /** Counts one more mail to a request's contact; false, and nothing counted, where address or subscription had its share of the day. */
  count(requestId: string, now: Instant, share: MailShare): Promise<boolean>;
  /** A mail that was counted did not go out. */
  uncount(requestId: string, now: Instant): Promise<void>;
  /** Holds a mail back for the digest; the same one once. */
  hold(mail: HeldMail): Promise<void>;
  /** What is held for the contact of this request, of all requests with the same contact; at most `most` of them. */
  heldFor(requestId: string, most: number): Promise<HeldMails>;
  /** Forgets what was held for that contact until then: it was told. */
  forget(requestId: string, until: Instant): Promise<void>;
}
