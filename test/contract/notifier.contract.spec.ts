import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { SmtpNotifier } from '../../src/adapters/notify/smtp-notifier.js';

const from = 'Postern <desk@postern.example>';
const mail = {
  to: 'mara@customer.example',
  subject: 'Your request was approved — and now?',
  text: 'Zwei Maschinen müssen neu gestartet werden.',
  messageKey: 'request-1/approved',
};

let received: string[];
let relay: SMTPServer | null;

/** A relay on loopback that takes every mail, unless told otherwise. Gives its `host:port`. */
async function startRelay(options: SMTPServerOptions = {}): Promise<string> {
  relay = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.push(Buffer.concat(chunks).toString());
        done();
      });
    },
    ...options,
  });
  relay.on('error', () => undefined); // what a client breaks off is no failure of a relay
  const server = relay.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

/** Why a mail was not sent. */
async function problemOf(smtpUrl: string): Promise<Error> {
  try {
    await new SmtpNotifier({ smtpUrl, from }).send(mail);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it was sent');
}

const headerOf = (message: string | undefined, name: string) =>
  new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, 'im').exec(message ?? '')?.[1];

beforeEach(() => {
  received = [];
  relay = null;
});
afterEach(async () => {
  const running = relay;
  if (running !== null) await new Promise<void>((resolve) => running.close(resolve));
});

describe('a mail', () => {
  it('reaches the relay as it was written', async () => {
    const notifier = new SmtpNotifier({ smtpUrl: `smtp://${await startRelay()}`, from });
    expect(notifier.isConfigured).toBe(true);
    await notifier.send(mail);
    const [message] = received;
    expect(headerOf(message, 'From')).toBe(from);
    expect(headerOf(message, 'To')).toBe(mail.to);
    expect(headerOf(message, 'Subject')).toContain('=?UTF-8?');
    expect(message).toContain('Zwei Maschinen m=C3=BCssen neu gestartet werden.');
  });

  it('is marked as automatic, so that nobody’s absence answers it (RFC 3834)', async () => {
    await new SmtpNotifier({ smtpUrl: `smtp://${await startRelay()}`, from }).send(mail);
    expect(headerOf(received[0], 'Auto-Submitted')).toBe('auto-generated');
  });

  it('has the same Message-ID when it is sent again, and another one than other mails', async () => {
    const notifier = new SmtpNotifier({ smtpUrl: `smtp://${await startRelay()}`, from });
    await notifier.send(mail);
    await notifier.send(mail);
    await notifier.send({ ...mail, messageKey: 'request-1/denied' });
    const [first, again, other] = received.map((message) => headerOf(message, 'Message-ID'));
    expect(first).toMatch(/^<[\da-f]{32}@postern\.example>$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('gets no more headers or readers from what is written into it', async () => {
    const notifier = new SmtpNotifier({ smtpUrl: `smtp://${await startRelay()}`, from });
    await notifier.send({ ...mail, subject: 'Hello\r\nBcc: all@customer.example' });
    expect(headerOf(received[0], 'Bcc')).toBeUndefined();
  });

  it('goes to the one address only', async () => {
    const recipients: string[] = [];
    const where = await startRelay({
      onRcptTo: ({ address }, _session, done) => {
        recipients.push(address);
        done();
      },
    });
    const notifier = new SmtpNotifier({ smtpUrl: `smtp://${where}`, from });
    await notifier.send(mail);
    expect(recipients).toEqual([mail.to]);
    const lists = [`${mail.to}, eve@elsewhere.example`, `all: ${mail.to}, eve@elsewhere.example;`];
    await Promise.allSettled(lists.map((to) => notifier.send({ ...mail, to })));
    expect(recipients).not.toContain('eve@elsewhere.example');
  });

  it('is sent under the name and password of the relay’s URL', async () => {
    const where = await startRelay({
      authOptional: false,
      onAuth: ({ username, password }, _session, done) => {
        const isRight = username === 'desk@postern' && password === 'p:a/s?s';
        done(isRight ? null : new Error('no'), isRight ? { user: username } : undefined);
      },
    });
    const user = `${encodeURIComponent('desk@postern')}:${encodeURIComponent('p:a/s?s')}`;
    await new SmtpNotifier({ smtpUrl: `smtp://${user}@${where}`, from }).send(mail);
    expect(received).toHaveLength(1);
  });
});

describe('what goes wrong is told by its kind, without addresses or passwords', () => {
  it('without a relay nothing is sent, and nobody pretends so', async () => {
    const notifier = new SmtpNotifier(null);
    expect(notifier.isConfigured).toBe(false);
    await expect(notifier.send(mail)).rejects.toThrow('no mail relay is configured');
  });

  it('a relay that does not take the recipient', async () => {
    const where = await startRelay({
      onRcptTo: ({ address }, _session, done) => done(new Error(`no such mailbox ${address}`)),
    });
    const { message, cause } = await problemOf(`smtp://${where}`);
    expect([message, cause]).toEqual(['the mail relay did not take the mail (EENVELOPE)', 'EENVELOPE']);
  });

  it('a relay that does not know us', async () => {
    const where = await startRelay({
      onAuth: (_auth, _session, done) => done(new Error('hunter2 is wrong')),
    });
    expect(String(await problemOf(`smtp://desk:hunter2@${where}`))).toBe(
      'Error: the mail relay did not take the mail (EAUTH)',
    );
  });

  it('a relay that does not listen', async () => {
    const where = await startRelay();
    const running = relay;
    relay = null;
    await new Promise<void>((resolve) => running?.close(resolve));
    expect((await problemOf(`smtp://${where}`)).message).toMatch(/\((ESOCKET|ECONNREFUSED)\)$/);
  });

  it('a relay elsewhere that offers no TLS gets no mail, and no password', async () => {
    const tried: string[] = [];
    const where = await startRelay({
      onAuth: ({ method }, _session, done) => {
        tried.push(method);
        done(null, { user: 'desk' });
      },
    });
    // Another machine as far as the adapter knows, and loopback all the same.
    const elsewhere = where.replace('127.0.0.1', '[::ffff:127.0.0.1]');
    expect((await problemOf(`smtp://desk:hunter2@${elsewhere}`)).message).toMatch(/\(ETLS\)$/);
    expect([...tried, ...received]).toEqual([]);
  });
});
