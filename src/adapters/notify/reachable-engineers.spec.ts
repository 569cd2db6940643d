import { Outbox } from '../../domain/ports/outbox.examples.js';
import { LoggedEngineers, MailedEngineers } from './reachable-engineers.js';

const call = {
  ...{ exemptionId: 'e-1', subscriptionId: 's-1', cause: 'allocation-failed', count: 12, key: 'effect-1' },
  need: { code: 'machines-down', message: 'Postern stopped 12 machines and cannot start: no room.' },
  machines: [{ name: 'mx1', vmId: 'vm-1' }],
  steps: ['GET /v1/admin/exemptions/e-1 says what is needed.'],
};

describe('a call for a support engineer', () => {
  it('is one mail to the team, recognisable when it is repeated, with machines, cause and what to do', async () => {
    const outbox = new Outbox();
    await new MailedEngineers(outbox, 'support@postern.example').call(call);
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
    const lines: unknown[] = [];
    const log = { error: (...line: unknown[]) => void lines.push(line) };
    await new LoggedEngineers(log).call(call);
    expect(lines).toEqual([
      [
        {
          ...{ need: 'machines-down', cause: 'allocation-failed', exemptionId: 'e-1', vmIds: ['vm-1'] },
          ...{ machines: 12, steps: call.steps },
        },
        'a support engineer is needed; SUPPORT_MAIL is not set, so nobody was mailed',
      ],
    ]);
  });
});
