import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import nodemailer, { type Transporter } from 'nodemailer';
import { Notifier, type Mail } from '../../domain/ports/notifier.js';

/** Sends through a submission relay; outside loopback only over TLS. Without a relay it says that there is none. */
@Injectable()
export class SmtpNotifier extends Notifier {
  override readonly isConfigured: boolean;
  private readonly transport: Transporter | null;
  private readonly from: string;

  constructor(mail: { readonly smtpUrl: string; readonly from: string } | null) {
    super();
    this.isConfigured = mail !== null;
    this.from = mail?.from ?? '';
    this.transport = mail === null ? null : transportTo(mail.smtpUrl);
  }

  override async send(mail: Mail): Promise<void> {
    if (this.transport === null) throw new Error('no mail relay is configured');
    const domain = this.from.split('@').at(-1)?.replace('>', '') ?? 'localhost';
    try {
      await this.transport.sendMail({
        from: this.from,
        // As one address, not as text: a comma in it would make further readers.
        to: { name: '', address: mail.to },
        subject: mail.subject,
        text: mail.text,
        // Repeated after a lost answer it has the same id, and receivers recognise it.
        messageId: `<${createHash('sha256').update(mail.messageKey).digest('hex').slice(0, 32)}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    } catch (error) {
      // The library's errors quote addresses and server answers: only their kind goes on.
      const code =
        typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
      throw new Error(`the mail relay did not take the mail (${code})`, { cause: code });
    }
  }
}

function transportTo(smtpUrl: string): Transporter {
  const url = new URL(smtpUrl);
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  return nodemailer.createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''), // an IPv6 address stands in brackets in a URL only
    port: url.port === '' ? 587 : Number(url.port),
    secure: url.protocol === 'smtps:',
    requireTLS: !loopback,
    ignoreTLS: loopback,
    connectionTimeout: 10_000,
    socketTimeout: 20_000,
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
  });
}
