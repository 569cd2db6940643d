import { Injectable } from '@nestjs/common';
import { ActivityLog, type LoggedOperation, type LogReading } from '../../domain/ports/activity-log.js';
import type { Instant } from '../../domain/instants.js';
import { type CallPurpose, ordinaryCall } from '../../domain/ports/compute-control-plane.js';
import type { ArmClient } from './arm-client.js';
import { loggedOperationOf, logPage } from './activity-log-shapes.js';
import { chargeOf } from './azure-charges.js';
import { armErrorOf } from './azure-errors.js';

/** 20 pages of about 200 records: 4,000 of them, some thousand operations between two readings. */
const mostPages = 20;
const fields = 'eventDataId,eventTimestamp,correlationId,operationName,status,resourceId,httpRequest';

/** `GET …/eventtypes/management/values` (2015-04-01), as far as it tells of machines that lost or took their host. */
@Injectable()
export class AzureActivityLog extends ActivityLog {
  constructor(private readonly arm: ArmClient) {
    super();
  }

  override async read(
    subscriptionId: string,
    since: Instant,
    purpose: CallPurpose = ordinaryCall,
  ): Promise<LogReading> {
    const filter = `eventTimestamp ge '${since}' and resourceProvider eq 'Microsoft.Compute'`;
    const query = new URLSearchParams({ 'api-version': '2015-04-01', $filter: filter, $select: fields });
    const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Insights/eventtypes/management/values`;
    const charge = chargeOf('logReads', path, purpose);
    const byRecord = new Map<string, LoggedOperation>();
    const asked = new Set<string>();
    let next: string | null | undefined = `${path}?${query.toString()}`;
    while (next !== undefined && next !== null && next !== '') {
      // What was read holds by itself; only that there is nothing else is not known.
      if (asked.size >= mostPages || asked.has(next)) return whole(byRecord, false);
      asked.add(next);
      const answer = await this.arm.call('GET', next, charge);
      if (answer.kind === 'foreign-host') return unread('next-page-on-another-host');
      if (answer.kind === 'unavailable') return unread(answer.code, answer.retryAfterSeconds);
      const page = logPage.safeParse(answer.body);
      if (answer.status !== 200 || !page.success)
        return unread(answer.status < 400 ? 'answer-not-understood' : armErrorOf(answer.body).code);
      for (const record of page.data.value) {
        const operation = loggedOperationOf(record);
        if (operation !== null) byRecord.set(operation.recordId, operation.operation);
      }
      next = page.data.nextLink;
    }
    return whole(byRecord, true);
  }
}

function whole(byRecord: ReadonlyMap<string, LoggedOperation>, isWhole: boolean): LogReading {
  return { kind: 'read', operations: [...byRecord.values()], isWhole };
}

function unread(code: string, retryAfterSeconds: number | null = null): LogReading {
  return { kind: 'unread', code, retryAfterSeconds };
}
