import { type Mail, Notifier } from './notifier.js';

/** Keeps what would be mailed, for specs. */
export class Outbox extends Notifier {
  readonly isConfigured = true;
  readonly mails: Mail[] = [];
  override send(mail: Mail): Promise<void> {
    this.mails.push(mail);
    return Promise.resolve();
  }
}
