import { Injectable } from '@nestjs/common';
import pino, { type Logger } from 'pino';
import { type EngineerCall, Engineers } from '../../domain/ports/engineers.js';
import type { Notifier } from '../../domain/ports/notifier.js';
import { redactedPaths } from '../../domain/unlogged-fields.js';

/** Mails the team of support engineers. Names of machines and their subscription go to them and nowhere else. */
@Injectable()
export class MailedEngineers extends Engineers {
  constructor(
    private readonly notifier: Notifier,
    private readonly address: string,
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
}

/** Without an address: a line at level error, for whoever watches the log. Codes and ids only, as in every line. */
@Injectable()
export class LoggedEngineers extends Engineers {
  constructor(private readonly log: Pick<Logger, 'error'>) {
    super();
  }

  /** Writes to standard output as the worker does. */
  static atLevel(level: string): LoggedEngineers {
    return new LoggedEngineers(pino({ level, base: { process: 'worker' }, redact: redactedPaths }));
  }

  override call({ exemptionId, need, cause, machines, count, steps }: EngineerCall): Promise<void> {
    const vmIds = machines.map(({ vmId }) => vmId);
    const line = { need: need.code, cause, exemptionId, vmIds, machines: count, steps };
    this.log.error(line, 'a support engineer is needed; SUPPORT_MAIL is not set, so nobody was mailed');
    return Promise.resolve();
  }
}
