import { randomUUID } from 'node:crypto';
import { tenants, type Persona } from '../../launch/development-token.js';
import type { HttpAnswer } from './http-client.js';
import { aRequest, registerSubscription } from './registry.js';
import { runChecks } from './run-checks.js';
import type { MatrixCaller, MatrixCase, TenancyWorld } from './tenancy-world.js';

/** A reason that nobody outside may read: they are told the neutral one. */
export const internalCode = 'volume-implausible';

/** What a requester looks at, after each step of a story: their request and what came of it. */
export type Look = (ids: Pick<MatrixCase, 'subscriptionId' | 'requestId' | 'exemptionId'>) => Promise<void>;

/** The whole life of what somebody files, with words of staff at every step that has some. */
export class RequesterStory {
  constructor(
    private readonly world: TenancyWorld,
    private readonly filer: MatrixCaller,
    /** Makes a text that nobody outside may read, and remembers it. */
    private readonly inside: (as: string) => string,
    private readonly look: Look,
  ) {}

  /** Checked, noted, claimed, asked about, answered, checked again and denied. */
  async denied(exemptionId: string): Promise<readonly HttpAnswer[]> {
    const { client } = this.filer;
    const subscriptionId = await registerSubscription(await this.world.api.as('operator'), this.facts());
    const behalf =
      this.filer.kind === 'partner' ? { onBehalfOf: { customerTenantId: tenants.customer } } : {};
    const filed = await client.post('/v1/exemption-requests', aRequest(subscriptionId, behalf));
    const requestId = filed.body.id as string;
    const seen = () => this.look({ subscriptionId, requestId, exemptionId });
    const page = `/v1/admin/exemption-requests/${requestId}`;
    await seen();
    await runChecks(this.world.api);
    await this.staff('analyst', page, 'notes', { text: this.inside('a note') });
    await this.staff('reviewer', page, 'claim', {});
    await this.staff('reviewer', page, 'recheck', { reason: this.inside('why the checks are repeated') });
    await runChecks(this.world.api);
    await seen();
    await this.staff('reviewer', page, 'request-information', { question: 'Which machines?', fields: [] });
    await seen();
    const own = `/v1/exemption-requests/${requestId}`;
    const answered = await client.post(`${own}/information`, { answer: 'Only mx1.' });
    await runChecks(this.world.api);
    const internalReason = this.inside('why it was denied');
    await this.staff('reviewer', page, 'deny', { reasonCode: internalCode, internalReason });
    await seen();
    const tooLate = await client.post(`${own}/withdraw`);
    const again = await client.post('/v1/exemption-requests', aRequest(subscriptionId, behalf));
    return [filed, answered, tooLate, again];
  }

  /** Alleged, confirmed, suspended, reinstated and revoked. */
  async revoked(one: MatrixCase): Promise<readonly HttpAnswer[]> {
    const page = `/v1/admin/exemptions/${one.exemptionId}`;
    const violation = `/v1/admin/violations/${await this.violation(one.exemptionId)}`;
    const because = () => ({ internalReason: this.inside('why somebody of the platform did so') });
    await this.look(one);
    await this.staff('reviewer', page, `restarts/${one.vmId}/skip`, { reason: this.inside('why skipped') });
    await this.staff('analyst', violation, 'confirm', because());
    const ground = { reasonCode: internalCode, violationId: violation.split('/').at(-1) };
    await this.staff('approver', page, 'suspend', { ...ground, ...because(), closeRunning: false });
    await this.look(one);
    const plan = { mode: 'observed', window: null, maxUnavailable: 1, canary: true };
    const refused = await this.filer.client.put(`/v1/exemptions/${one.exemptionId}/restart-plan`, plan);
    await this.staff('approver2', page, 'reinstate', because());
    await this.look(one);
    await this.staff('approver', page, 'revoke', { ...ground, ...because() });
    await this.look(one);
    return [refused];
  }

  private facts(): Readonly<Record<string, unknown>> {
    if (this.filer.kind !== 'partner') return {};
    return { offer: { quotaId: 'CSP_2015-05-01' }, partnerTenantId: this.filer.tenantId };
  }

  private async violation(exemptionId: string): Promise<string> {
    const text = this.inside('what somebody reported');
    const evidence = [{ kind: 'report', at: '2026-01-01T00:00:00Z', text }];
    const description = this.inside('what is alleged');
    const allegation = { exemptionId, kind: 'spam-complaint', description, evidence };
    const analyst = await this.world.api.as('analyst');
    return (await analyst.post('/v1/admin/violations', allegation)).body.id as string;
  }

  private async staff(as: Persona, page: string, verb: string, body: object): Promise<void> {
    const reviewer = await this.world.api.as('reviewer');
    // The first part of a restart's path is no page: its exemption is.
    const shown = page.includes('/violations/') ? null : await reviewer.get(page);
    const headers = { 'if-match': shown?.headers.get('etag') ?? '', 'idempotency-key': randomUUID() };
    const { status } = await (await this.world.api.as(as)).post(`${page}/${verb}`, body, headers);
    if (status >= 300) throw new Error(`${as} ${verb} answered ${status}`);
  }
}
