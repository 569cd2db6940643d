import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { tenants } from '../../launch/development-token.js';
import type { TestApi } from './api.js';
import { aRequest, registerSubscription } from './registry.js';
import { runChecks } from './run-checks.js';
import type { MatrixCaller, MatrixCase } from './tenancy-world.js';

/** Files, decides and records, so that there is one of everything. */
export class Desk {
  constructor(private readonly api: TestApi) {}

  async aCase(name: string, filer: MatrixCaller): Promise<MatrixCase> {
    const isPartner = filer.kind === 'partner';
    const tenantId = isPartner ? tenants.customer : filer.tenantId;
    const offer = { quotaId: isPartner ? 'CSP_2015-05-01' : 'PayAsYouGo_2014-09-01' };
    const facts = { tenantId, offer, ...(isPartner ? { partnerTenantId: filer.tenantId } : {}) };
    const subscriptionId = await registerSubscription(await this.api.as('operator'), facts);
    const onBehalfOf = isPartner ? { onBehalfOf: { customerTenantId: tenantId } } : {};
    const filed = await filer.client.post('/v1/exemption-requests', aRequest(subscriptionId, onBehalfOf));
    if (filed.status !== 201) throw new Error(`filing answered ${filed.status}`);
    const requestId = filed.body.id as string;
    await filer.client.post(`/v1/subscriptions/${subscriptionId}/control-proofs`);
    const exemptionId = await this.granted(requestId);
    const vmId = await this.aMachine(exemptionId);
    const violationId = await this.aViolation(exemptionId);
    const filedBy = filer.tenantId;
    return { name, tenantId, filedBy, subscriptionId, requestId, exemptionId, vmId, violationId };
  }

  private async granted(requestId: string): Promise<string> {
    await runChecks(this.api);
    const reviewer = await this.api.as('reviewer');
    const page = `/v1/admin/exemption-requests/${requestId}`;
    const ifMatch = { 'if-match': (await reviewer.get(page)).headers.get('etag') ?? '' };
    const { status, body } = await reviewer.post(`${page}/approve`, { reason: 'Known for years.' }, ifMatch);
    if (status !== 200) throw new Error(`approving answered ${status}`);
    return body.exemption.id as string;
  }

  /** As a worker would have listed it. */
  private async aMachine(exemptionId: string): Promise<string> {
    const vmId = randomUUID();
    await this.asOwner(
      `INSERT INTO restarts (id, state, version, exemption_id, request_id, subscription_id, tenant_id, vm_id, direction, fence,
         resource_id, name, found, stopped_by_us, blocker)
       SELECT gen_random_uuid(), 'failed', 1, e.id, e.request_id, e.subscription_id, e.tenant_id, $2, 'enable', e.fence,
         '/vm', 'vm', 'running', false, '{"code": "c", "message": "m"}' FROM exemptions e WHERE e.id = $1`,
      [exemptionId, vmId],
    );
    return vmId;
  }

  /** As if the feed had said nothing of a partner's relationship for years (docs/tenancy.md). */
  forget(partnerTenantId: string): Promise<void> {
    const sql = `UPDATE partner_relationships SET confirmed_at = '2020-01-01' WHERE partner_tenant_id = $1`;
    return this.asOwner(sql, [partnerTenantId]);
  }

  private async asOwner(sql: string, parameters: readonly string[]): Promise<void> {
    const owner = new pg.Client({ connectionString: this.api.database.ownerUrl });
    await owner.connect();
    await owner.query(sql, [...parameters]);
    await owner.end();
  }

  private async aViolation(exemptionId: string): Promise<string> {
    const evidence = [{ kind: 'report', at: '2026-01-01T00:00:00Z', text: 'Much of it.' }];
    const allegation = { exemptionId, kind: 'spam-complaint', description: 'Unsolicited.', evidence };
    const analyst = await this.api.as('analyst');
    return (await analyst.post('/v1/admin/violations', allegation)).body.id as string;
  }
}
