import { Injectable } from '@nestjs/common';
import pino, { type Logger } from 'pino';
import { type EngineerCall, Engineers } from '../../domain/ports/engineers.js';
import type { Notifier } from '../../domain/ports/notifier.js';
import { redactedPaths } from '../../domain/unlogged-fields.js';

/** The log of calls: it goes to standard output as the worker's does. */
export function callLog(level: string): Pick<Logger, 'error'> {
  return pino({ level, base: { process: 'worker' }, redact: redactedPaths });
}

/** Codes and ids only, as in every line. */
function lineOf({ exemptionId, need, cause, machines, count, steps }: EngineerCall) {
  const vmIds = machines.map(({ vmId }) => vmId);
  return { need: need.code, cause, exemptionId, vmIds, machines: count, steps };
}

/** Mails the team of support engineers. Names of machines and their subscription go to them and nowhere else. */
@Injectable()
export class MailedEngineers extends Engineers {
  constructor(
    private readonly notifier: Notifier,
    private readonly address: string,
    private readonly log: Pick<Logger, 'error'>,
  ) {
    super();
  }

  override call({ need, cause, machines, count, ...about }: EngineerCall): Promise<void> {
    const named = machines.map(({ name, vmId }) => `  ${name} (${vmId})`);
    const more = count > machines.length ? [`  and ${String(count - machines.length)} more`] : [];
    const lines = [
      need.message,
      '',
      ...named,
      ...more,
      '',
      ...about.steps,
      `Exemption ${about.exemptionId}.`,
    ];
    return this.notifier.send({
      to: this.address,
      subject: `A support engineer is needed, subscription ${about.subscriptionId}: ${need.code} (${cause})`,
      text: `${lines.join('\n')}\n`,
      messageKey: about.key,
    });
  }

  override giveUp(call: EngineerCall): void {
    this.log.error(lineOf(call), 'a support engineer is needed; the mail to SUPPORT_MAIL was given up');
  }
}

/** Without an address: a line at level error, for whoever watches the log. */
@Injectable()
export class LoggedEngineers extends Engineers {
  constructor(private readonly log: Pick<Logger, 'error'>) {
    super();
  }

  override call(call: EngineerCall): Promise<void> {
    this.giveUp(call);
    return Promise.resolve();
  }

  override giveUp(call: EngineerCall): void {
    const what = 'a support engineer is needed; SUPPORT_MAIL is not set, so nobody was mailed';
    this.log.error(lineOf(call), what);
  }
}
