/** A mail to a requester's contact. It is personal data: it goes to the relay and nowhere else. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Stable for the same message, so that a repeated sending is recognised as the same (Message-ID). */
  readonly messageKey: string;
}

/** Where mails go: an SMTP submission relay (port 587), if one is configured. */
export abstract class Notifier {
  /** False where no relay is configured: then nothing is sent and nobody pretends so. */
  abstract readonly isConfigured: boolean;
  /** Throws when the relay cannot take the mail now (retryable); resolves when it was accepted. */
  abstract send(mail: Mail): Promise<void>;
}
