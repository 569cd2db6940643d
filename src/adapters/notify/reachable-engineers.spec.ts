import { Outbox } from '../../domain/ports/outbox.examples.js';
import { LoggedEngineers, MailedEngineers } from './reachable-engineers.js';

const call = {
  ...{ exemptionId: 'e-1', subscriptionId: 's-1', cause: 'allocation-failed', count: 12, key: 'effect-1' },
  need: { code: 'machines-down', message: 'Postern stopped 12 machines and cannot start: no room.' },
  machines: [{ name: 'mx1', vmId: 'vm-1' }],
  steps: ['GET /v1/admin/exemptions/e-1 says what is needed.'],
};

const line = {
  ...{ need: 'machines-down', cause: 'allocation-failed', exemptionId: 'e-1', vmIds: ['vm-1'] },
  ...{ machines: 12, steps: call.steps },
};
const keptLog = () => {
  const lines: unknown[] = [];
  return { lines, error: (...written: unknown[]) => void lines.push(written) };
};

describe('a call for a support engineer', () => {
  it('is one mail to the team, recognisable when it is repeated, with machines, cause and what to do', async () => {
    const outbox = new Outbox();
    await new MailedEngineers(outbox, 'support@postern.example', keptLog()).call(call);
    expect(outbox.mails).toEqual([
      {
        to: 'support@postern.example',
        subject: 'A support engineer is needed, subscription s-1: machines-down (allocation-failed)',
        text: [
          'Postern stopped 12 machines and cannot start: no room.\n',
          '  mx1 (vm-1)',
          '  and 11 more\n',
          'GET /v1/admin/exemptions/e-1 says what is needed.',
          'Exemption e-1.\n',
        ].join('\n'),
        messageKey: 'effect-1',
      },
    ]);
  });

  it('is a line at level error where there is no address: codes and ids, no name of a machine', async () => {
    const log = keptLog();
    await new LoggedEngineers(log).call(call);
    expect(log.lines).toEqual([
      [line, 'a support engineer is needed; SUPPORT_MAIL is not set, so nobody was mailed'],
    ]);
  });

  it('that was given up is such a line, too, whose words an alarm finds all the same (I10)', () => {
    const log = keptLog();
    new MailedEngineers(new Outbox(), 'support@postern.example', log).giveUp(call);
    new LoggedEngineers(log).giveUp(call);
    expect(log.lines).toEqual([
      [line, 'a support engineer is needed; the mail to SUPPORT_MAIL was given up'],
      [line, expect.stringContaining('a support engineer is needed; SUPPORT_MAIL is not set')],
    ]);
  });
});
