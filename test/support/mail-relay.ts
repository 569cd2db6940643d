import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail as a relay on loopback took it. */
export interface TakenMail {
  readonly to: string;
  readonly raw: string;
}

export interface MailRelay {
  readonly url: string;
  readonly mails: readonly TakenMail[];
  stop(): Promise<void>;
}

/** A relay on loopback that takes every mail and passes none on. */
export async function startMailRelay(): Promise<MailRelay> {
  const mails: TakenMail[] = [];
  const relay = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        // Broken lines are joined again: what is said is looked for, not how it was wrapped.
        const raw = Buffer.concat(chunks).toString().replaceAll('=\r\n', '');
        mails.push(...envelope.rcptTo.map(({ address }) => ({ to: address, raw })));
        done();
      });
    },
  });
  relay.on('error', () => undefined); // what a client breaks off is no failure of a relay
  const server = relay.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${String(port)}`,
    mails,
    stop: () => new Promise((resolve) => relay.close(() => resolve())),
  };
}
