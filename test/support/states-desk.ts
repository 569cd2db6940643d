import { randomUUID } from 'node:crypto';
import { tenants } from '../../launch/development-token.js';
import { applyEvent } from '../../src/application/apply-event.js';
import { EndOverdue } from '../../src/application/end-overdue.js';
import { systemActor } from '../../src/domain/access/actor.js';
import type { ExemptionEvent } from '../../src/domain/exemption/exemption.lifecycle.js';
import { exemptionLifecycle } from '../../src/domain/exemption/exemption.lifecycle.js';
import type { GateEvent } from '../../src/domain/gate/gate.lifecycle.js';
import { gateLifecycle } from '../../src/domain/gate/gate.lifecycle.js';
import { Clock } from '../../src/domain/ports/clock.js';
import { type Transaction, UnitOfWork } from '../../src/domain/ports/unit-of-work.js';
import { requestLifecycle } from '../../src/domain/request/request.lifecycle.js';
import pg from 'pg';
import type { TestApi } from './api.js';
import type { HttpAnswer, HttpClient } from './http-client.js';
import { aRequest, registerSubscription } from './registry.js';
import { runChecks } from './run-checks.js';

export const requestStatesToReach = [
  'checking',
  'reviewing',
  'awaiting-information',
  'second-reviewing',
  'denied',
  'withdrawn',
  'lapsed',
] as const;
export type RequestStateName = (typeof requestStatesToReach)[number];

export const rightStatesToReach = [
  'enabling',
  'effective',
  'suspended',
  'revoking',
  'expiring',
  'revoked',
  'expired',
] as const;
export type RightStateName = (typeof rightStatesToReach)[number];

/** A subscription with what was filed for it. */
export interface Filed {
  readonly subscriptionId: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly id: string;
  readonly exemptionId: string | null;
  readonly vmId: string | null;
}

type Staff = 'reviewer' | 'approver' | 'analyst' | 'operator';

const admin = '/v1/admin';
const actor = systemActor('test');
const words = { internalReason: 'seen', reason: 'Known for years.' };

/** Brings requests and exemptions into every state there is: people's steps by HTTP, a worker's as it would take them. */
export class StatesDesk {
  private constructor(
    private readonly api: TestApi,
    private readonly staff: Readonly<Record<Staff, HttpClient>>,
    private readonly filers: Readonly<Record<'customer' | 'partner', HttpClient>>,
  ) {}

  static async on(api: TestApi): Promise<StatesDesk> {
    const staff = {
      reviewer: await api.as('reviewer'),
      approver: await api.as('approver'),
      analyst: await api.as('analyst'),
      operator: await api.as('operator'),
    };
    return new StatesDesk(api, staff, {
      customer: await api.as('customer'),
      partner: await api.as('partner'),
    });
  }

  async requestIn(state: RequestStateName, filer: 'customer' | 'partner' = 'customer'): Promise<Filed> {
    const dailyVolume = state === 'second-reviewing' ? 20_000 : 4_000;
    const filed = await this.filed(filer, { dailyVolume });
    if (state === 'checking') return filed;
    await this.reviewed(filed);
    switch (state) {
      case 'reviewing':
        return filed;
      case 'awaiting-information':
      case 'lapsed':
        await this.decide(filed, 'request-information', { question: 'Which of your machines send?' });
        if (state === 'lapsed') await this.asWorker((tx) => this.lapse(tx, filed.id));
        return filed;
      case 'second-reviewing':
        await this.decide(filed, 'approve', { reason: words.reason });
        return filed;
      case 'denied':
        await this.decide(filed, 'deny', {
          reasonCode: 'trust-review-declined',
          internalReason: words.internalReason,
        });
        return filed;
      case 'withdrawn':
        await ok(this.filers[filer].post(`/v1/exemption-requests/${filed.id}/withdraw`, {}));
        return filed;
    }
  }

  async rightIn(state: RightStateName, filer: 'customer' | 'partner' = 'customer'): Promise<Filed> {
    const filed = await this.reviewed(await this.filed(filer, {}));
    const granted = await ok(this.approve(filed));
    const exemptionId = granted.body.exemption.id as string;
    const right = { ...filed, exemptionId, vmId: await this.aMachine(exemptionId) };
    if (state === 'enabling') return right;
    await this.onGate(right, 'moved');
    await this.onRight(right, 'enabled');
    if (state === 'suspended') await this.suspend(right);
    if (state === 'revoking' || state === 'revoked') await this.revoke(right, 'terms-violated');
    if (state === 'expiring' || state === 'expired') await this.expire(right);
    if (state === 'revoked' || state === 'expired') await this.closed(right);
    return right;
  }

  /** The facts as they were, but for what differs; gives the instant that they were registered at, or a later one. */
  async transfer(filed: Filed, differs: Readonly<Record<string, unknown>>): Promise<string> {
    const path = `${admin}/subscriptions/${filed.subscriptionId}`;
    await ok(this.staff.operator.put(path, { ...filed.facts, ...differs }));
    const [row] = await this.asOwner(
      `SELECT coalesce(moved_at, filer_left_at, now()) AS at FROM exemption_requests WHERE id = $1`,
      [filed.id],
    );
    return (row?.at as Date).toISOString();
  }

  async relate(status: string): Promise<void> {
    const path = `${admin}/partner-relationships/${tenants.partner}/${tenants.customer}`;
    await ok(this.staff.operator.put(path, { status, validFrom: '2020-01-01T00:00:00Z' }));
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are looked at field by field
  async right({ exemptionId }: Filed): Promise<any> {
    return (await ok(this.staff.approver.get(`${admin}/exemptions/${exemptionId ?? ''}`))).body;
  }

  /** Its checks have ended, with nothing that speaks against it. */
  async reviewed(filed: Filed): Promise<Filed> {
    await runChecks(this.api);
    return filed;
  }

  async approve({ id }: Filed): Promise<HttpAnswer> {
    const page = `${admin}/exemption-requests/${id}`;
    return this.decided('reviewer', page, 'approve', { reason: words.reason });
  }

  async suspend(filed: Filed): Promise<void> {
    const body = { reasonCode: 'terms-violated', internalReason: words.internalReason, closeRunning: false };
    await ok(this.onPage(filed, 'analyst', 'suspend', body));
  }

  revoke(filed: Filed, reasonCode: string): Promise<HttpAnswer> {
    return ok(this.onPage(filed, 'approver', 'revoke', { reasonCode, internalReason: words.internalReason }));
  }

  reinstate(filed: Filed, who: 'approver'): Promise<HttpAnswer> {
    return this.onPage(filed, who, 'reinstate', { internalReason: words.internalReason });
  }

  /** A worker has seen the gate closed and every machine closed or gone. */
  async closed(right: Filed): Promise<void> {
    await this.onGate(right, 'moved');
    await this.asOwner(`UPDATE restarts SET state = 'superseded' WHERE exemption_id = $1`, [
      right.exemptionId,
    ]);
    await this.asOwner(`UPDATE machines SET carries = 'closed' WHERE subscription_id = $1`, [
      right.subscriptionId,
    ]);
    await this.onRight(right, 'closed');
  }

  private async filed(filer: 'customer' | 'partner', sending: object): Promise<Filed> {
    const isPartner = filer === 'partner';
    const facts = {
      tenantId: tenants.customer,
      displayName: 'production',
      offer: isPartner
        ? { quotaId: 'CSP_2015-05-01' }
        : { quotaId: 'PayAsYouGo_2014-09-01', offerId: '0003P' },
      createdAt: '2024-01-01T00:00:00Z',
      state: 'Enabled',
      billing: { paidInvoicesUsd: 5000, firstInvoicePaidAt: '2024-03-01T00:00:00Z', pastDue: false },
      ...(isPartner ? { partnerTenantId: tenants.partner } : {}),
    };
    const subscriptionId = await registerSubscription(this.staff.operator, facts);
    const request = aRequest(
      subscriptionId,
      isPartner ? { onBehalfOf: { customerTenantId: tenants.customer } } : {},
    );
    const body = { ...request, sending: { ...(request.sending as object), ...sending } };
    const { body: answer } = await ok(this.filers[filer].post('/v1/exemption-requests', body));
    return { subscriptionId, facts, id: answer.id as string, exemptionId: null, vmId: null };
  }

  private async decide(filed: Filed, verb: string, body: object): Promise<void> {
    await ok(this.decided('reviewer', `${admin}/exemption-requests/${filed.id}`, verb, body));
  }

  private onPage({ exemptionId }: Filed, who: Staff, verb: string, body: object): Promise<HttpAnswer> {
    return this.decided(who, `${admin}/exemptions/${exemptionId ?? ''}`, verb, body);
  }

  private async decided(who: Staff, page: string, verb: string, body: object): Promise<HttpAnswer> {
    const { headers } = await this.staff[who].get(page);
    return this.staff[who].post(`${page}/${verb}`, body, { 'if-match': headers.get('etag') ?? '' });
  }

  private async lapse(tx: Transaction, id: string): Promise<void> {
    const request = await tx.requests.lock({ kind: 'platform' }, id, this.now());
    if (request === null) throw new Error('no such request');
    const context = { actor, now: this.now() };
    await applyEvent(tx, requestLifecycle, request, id, { type: 'patienceExceeded' }, context);
  }

  private async expire(right: Filed): Promise<void> {
    // Its date as it would have been granted with; history says the same, or the fold would not.
    await this.asOwner(`UPDATE exemptions SET expires_on = now() - interval '1 s' WHERE id = $1`, [
      right.exemptionId,
    ]);
    await this.api.app.get(EndOverdue, { strict: false }).run();
    await this.asOwner(`UPDATE exemptions SET expires_on = NULL WHERE id = $1`, [right.exemptionId]);
  }

  private onRight(right: Filed, type: 'enabled' | 'closed'): Promise<void> {
    return this.asWorker(async (tx) => {
      const exemption = await tx.exemptions.lock({ kind: 'platform' }, right.exemptionId ?? '', this.now());
      if (exemption === null) throw new Error('no such exemption');
      const event: ExemptionEvent = { type, fence: exemption.fence };
      await applyEvent(tx, exemptionLifecycle, exemption, exemption.id, event, { actor, now: this.now() });
    });
  }

  private onGate({ subscriptionId }: Filed, type: 'moved'): Promise<void> {
    return this.asWorker(async (tx) => {
      const gate = await tx.gates.lock(subscriptionId);
      if (gate === null) throw new Error('no such gate');
      const event: GateEvent = { type, fence: gate.fence, movedAt: this.now(), appliesTo: 'next-start' };
      await applyEvent(tx, gateLifecycle, gate, gate.id, event, { actor, now: this.now() });
    });
  }

  /** As a worker would have listed it, and seen it restarted. */
  private async aMachine(exemptionId: string): Promise<string> {
    const vmId = randomUUID();
    await this.asOwner(
      `INSERT INTO machines (subscription_id, vm_id, tenant_id, resource_id, name, location, ephemeral_system_disk, power_state,
         host, carries, seen_at, gone)
       SELECT e.subscription_id, $2, e.tenant_id, '/vm', 'vm', 'westeurope', false, 'running', 'held', 'open', now(), false
       FROM exemptions e WHERE e.id = $1`,
      [exemptionId, vmId],
    );
    return vmId;
  }

  private now(): string {
    return this.api.app.get(Clock, { strict: false }).now();
  }

  private asWorker(work: (tx: Transaction) => Promise<void>): Promise<void> {
    return this.api.app.get(UnitOfWork, { strict: false }).run({ actor, traceId: null }, work);
  }

  private async asOwner(sql: string, parameters: readonly unknown[]) {
    const owner = new pg.Client({ connectionString: this.api.database.ownerUrl });
    await owner.connect();
    try {
      const { rows } = await owner.query<Record<string, unknown>>(sql, [...parameters]);
      return rows;
    } finally {
      await owner.end();
    }
  }
}

/** Fails for what was refused: a state is reached, or the test is none. */
async function ok(asked: Promise<HttpAnswer>): Promise<HttpAnswer> {
  const answer = await asked;
  if (answer.status < 300) return answer;
  throw new Error(`answered ${String(answer.status)} ${JSON.stringify(answer.body)}`);
}
