import { Injectable } from '@nestjs/common';
import { ActivityLog, type LoggedMove, type LogReading } from '../../domain/ports/activity-log.js';
import type { Instant } from '../../domain/instants.js';
import { type CallPurpose, ordinaryCall } from '../../domain/ports/compute-control-plane.js';
import type { ArmClient } from './arm-client.js';
import { loggedMovesOf, loggedOperationOf, logPage, type RecordReader } from './activity-log-shapes.js';
import { chargeOf } from './azure-charges.js';
import { armErrorOf } from './azure-errors.js';

/** 20 pages of about 200 records: 4,000 of them, some thousand operations between two readings. */
const mostPages = 20;
const common = 'eventDataId,eventTimestamp,correlationId,operationName,status,resourceId';
/** What is read of the records of each provider. */
const fieldsOf = {
  'Microsoft.Compute': `${common},httpRequest,subStatus,properties`,
  'Microsoft.Resources': common,
} as const;

/** `GET …/eventtypes/management/values` (2015-04-01), as far as it tells of machines' hosts, and of moves. */
@Injectable()
export class AzureActivityLog extends ActivityLog {
  constructor(private readonly arm: ArmClient) {
    super();
  }

  override read(
    subscriptionId: string,
    since: Instant,
    purpose: CallPurpose = ordinaryCall,
  ): Promise<LogReading> {
    return this.records(subscriptionId, since, 'Microsoft.Compute', loggedOperationOf, purpose);
  }

  /** A question of its own: the filter takes one provider, and moves are the resource manager's. */
  override readMoves(
    subscriptionId: string,
    since: Instant,
    purpose: CallPurpose = ordinaryCall,
  ): Promise<LogReading<LoggedMove>> {
    return this.records(subscriptionId, since, 'Microsoft.Resources', loggedMovesOf(subscriptionId), purpose);
  }

  private async records<T>(
    subscriptionId: string,
    since: Instant,
    provider: keyof typeof fieldsOf,
    told: RecordReader<T>,
    purpose: CallPurpose,
  ): Promise<LogReading<T>> {
    const filter = `eventTimestamp ge '${since}' and resourceProvider eq '${provider}'`;
    const $select = fieldsOf[provider];
    const query = new URLSearchParams({ 'api-version': '2015-04-01', $filter: filter, $select });
    const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Insights/eventtypes/management/values`;
    const charge = chargeOf('logReads', path, purpose);
    // By their ids: each is told more than once.
    const byRecord = new Map<string, T>();
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
      for (const one of page.data.value.map(told))
        if (one !== null) byRecord.set(one.recordId, one.operation);
      next = page.data.nextLink;
    }
    return whole(byRecord, true);
  }
}

function whole<T>(byRecord: ReadonlyMap<string, T>, isWhole: boolean): LogReading<T> {
  return { kind: 'read', operations: [...byRecord.values()], isWhole };
}

function unread(
  code: string,
  retryAfterSeconds: number | null = null,
): Extract<LogReading<never>, { kind: 'unread' }> {
  return { kind: 'unread', code, retryAfterSeconds };
}
