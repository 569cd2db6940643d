import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Instant } from '../../domain/instants.js';
import { endsWithoutBlame } from '../../domain/policy/cooling-down.js';
import {
  RequestHistory,
  type PriorRevocation,
  type RevocationKinship,
  type RevocationSubject,
} from '../../domain/ports/request-history.js';
import { queryUnscoped } from './database-roles.js';
import type { ContactHash } from './word.stores.js';

type Row = Readonly<Record<string, unknown>>;

/** The product's own memory, as checks ask it: across tenants, because that is what the checks are about. */
@Injectable()
export class PostgresRequestHistory extends RequestHistory {
  constructor(
    private readonly dataSource: DataSource,
    private readonly hash: ContactHash,
  ) {
    super();
  }

  override async requestsOfTenantSince(tenantId: string, since: Instant): Promise<number> {
    const sql =
      'SELECT count(*)::integer AS count FROM exemption_requests WHERE tenant_id = $1 AND submitted_at >= $2';
    const [row] = await this.rows(sql, [tenantId, since]);
    return Number(row?.count ?? 0);
  }

  override async revocationsOf(subject: RevocationSubject): Promise<readonly PriorRevocation[]> {
    const contact = subject.contactEmail === null ? null : this.hash(subject.contactEmail);
    const rows = await this.rows(
      `SELECT e.id, e.ended_at, e.revocation, e.subscription_id = $1 AS subscription, e.tenant_id = $2 AS tenant,
         coalesce(p.contact_hash = $3, false) AS contact, v.judged_at
       FROM exemptions e
         LEFT JOIN LATERAL (SELECT max(judged_at) AS judged_at FROM violations
           WHERE exemption_id = e.id AND state = 'confirmed') v ON true
         LEFT JOIN request_particulars p ON p.request_id = e.request_id
       WHERE (v.judged_at IS NOT NULL AND e.state IN ('expired', 'expiring', 'revoked', 'revoking')
           OR e.state IN ('revoked', 'revoking') AND e.revocation ->> 'reasonCode' <> ALL ($4)) AND e.id IN (
         -- One look by each index: with OR over two tables all exemptions would be read.
         SELECT id FROM exemptions WHERE subscription_id = $1
         UNION ALL SELECT id FROM exemptions WHERE tenant_id = $2
         UNION ALL SELECT x.id FROM request_particulars c JOIN exemptions x ON x.request_id = c.request_id WHERE c.contact_hash = $3)
       ORDER BY coalesce((e.revocation ->> 'at')::timestamptz, v.judged_at) DESC LIMIT 20`,
      [subject.subscriptionId, subject.tenantId, contact, endsWithoutBlame],
    );
    return rows.map((row) => {
      const revocation = row.revocation as { readonly at: Instant; readonly reasonCode: string } | null;
      const kinships: readonly RevocationKinship[] = ['subscription', 'tenant', 'contact'];
      return {
        exemptionId: String(row.id),
        // A right that ran out while a violation was confirmed ended no better than by a revocation.
        revokedAt: revocation?.at ?? (row.judged_at as Date).toISOString(),
        reasonCode: revocation?.reasonCode ?? 'terms-violated',
        sharedWith: kinships.filter((kinship) => row[kinship] === true),
      };
    });
  }

  private async rows(sql: string, parameters: readonly unknown[]): Promise<readonly Row[]> {
    return (await queryUnscoped(this.dataSource, sql, parameters)).rows;
  }
}
