import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startTestApi, type TestApi } from '../../support/api.js';
import { brokenInvariants } from '../../support/broken-invariants.js';
import type { HttpAnswer, HttpClient } from '../../support/http-client.js';
import { aRequest, registerSubscription } from '../../support/registry.js';
import { runChecks } from '../../support/run-checks.js';

const script = path.resolve(import.meta.dirname, '../../../docs/verify-receipt.mjs');

let api: TestApi;
let folder: string;
let customer: HttpClient;
let reviewer: HttpClient;
let approver: HttpClient;
let analyst: HttpClient;

beforeAll(async () => {
  api = await startTestApi();
  customer = await api.as('customer');
  reviewer = await api.as('reviewer');
  approver = await api.as('approver');
  analyst = await api.as('analyst');
  folder = mkdtempSync(path.join(tmpdir(), 'postern-receipts-'));
  writeFileSync(path.join(folder, 'keys.json'), JSON.stringify((await api.nobody.get('/audit-keys')).body));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await api.close();
});

/** The claims of a receipt as the script of the documentation reads them; null where it refuses. */
function checked(receipt: unknown): Readonly<Record<string, unknown>> | null {
  const keys = path.join(folder, 'keys.json');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, keys, String(receipt)], {
    encoding: 'utf8',
  });
  if (status === 0) return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  expect(stderr).not.toBe('');
  return null;
}

async function filed(): Promise<{ readonly id: string; readonly subscriptionId: string }> {
  const subscriptionId = await registerSubscription(await api.as('operator'));
  const { body } = await customer.post('/v1/exemption-requests', aRequest(subscriptionId));
  await runChecks(api);
  return { id: body.id as string, subscriptionId };
}

async function decided(by: HttpClient, page: string, verb: string, order: object): Promise<HttpAnswer> {
  const { headers } = await by.get(page);
  return by.post(`${page}/${verb}`, order, { 'if-match': headers.get('etag') ?? '' });
}

describe('the receipt of a decision', () => {
  it('on a request says what was decided, to anybody who has the deployment’s keys', async () => {
    const { id, subscriptionId } = await filed();
    expect((await customer.get(`/v1/exemption-requests/${id}`)).body.decision).toBeNull();
    const denial = { reasonCode: 'justification-insufficient', internalReason: 'an internal matter' };
    const denied = await decided(reviewer, `/v1/admin/exemption-requests/${id}`, 'deny', denial);
    const read = await customer.get(`/v1/exemption-requests/${id}`);
    expect(read.body.decision.receipt).toBe(denied.body.decision.receipt);
    expect(checked(read.body.decision.receipt)).toEqual({
      iss: expect.any(String),
      about: 'request',
      sub: id,
      requestId: id,
      subscriptionId,
      version: Number(/\d+/.exec(read.headers.get('etag') ?? '')?.[0]),
      decision: 'denied',
      reasonCode: 'justification-insufficient',
      at: read.body.decision.at,
      pack: 'P3',
      policyRulesVersion: expect.any(String),
    });
  });

  it('on an exemption says each of its turns', async () => {
    const { id } = await filed();
    const page = `/v1/admin/exemption-requests/${id}`;
    const approved = await decided(reviewer, page, 'approve', { reason: 'of long standing' });
    expect(checked(approved.body.decision.receipt)).toMatchObject({ decision: 'approved', reasonCode: null });
    const exemption = `/v1/admin/exemptions/${approved.body.exemption.id as string}`;
    const why = { reasonCode: 'terms-violated', internalReason: 'complaints' };
    const suspended = await decided(analyst, exemption, 'suspend', { ...why, closeRunning: false });
    const first = checked(suspended.body.suspension.receipt);
    expect(first).toMatchObject({ about: 'exemption', decision: 'suspended', reasonCode: 'terms-violated' });
    const back = await decided(approver, exemption, 'reinstate', { internalReason: 'closed since' });
    expect(back.body.suspension).toBeNull();
    expect(checked(back.body.reinstatement.receipt)).toMatchObject({
      decision: 'reinstated',
      sub: first?.sub,
    });
    await decided(analyst, exemption, 'suspend', { ...why, closeRunning: true });
    const revoked = await decided(approver, exemption, 'revoke', why);
    const { revocation, suspension } = revoked.body;
    expect(checked(revocation.receipt)).toMatchObject({ decision: 'revoked', at: revocation.at });
    expect(checked(suspension.receipt)?.version).toBeGreaterThan(Number(first?.version));
    expect(await brokenInvariants(api.database.ownerUrl)).toEqual([]);
  });

  it('tells the requester no code that only staff may read; the audit keeps it', async () => {
    const secret = { reasonCode: 'volume-implausible', internalReason: 'an internal matter' };
    const told = 'trust-review-declined';
    const { id } = await filed();
    const denied = await decided(reviewer, `/v1/admin/exemption-requests/${id}`, 'deny', secret);
    expect(denied.body.decision.reasons[0].code).toBe('volume-implausible');
    expect(checked(denied.body.decision.receipt)).toMatchObject({ decision: 'denied', reasonCode: told });
    const { body } = await customer.get(`/v1/exemption-requests/${id}`);
    expect(body.decision.reasons[0].code).toBe(told);

    const granted = `/v1/admin/exemption-requests/${(await filed()).id}`;
    const approved = await decided(reviewer, granted, 'approve', { reason: 'of long standing' });
    const exemptionId = approved.body.exemption.id as string;
    const exemption = `/v1/admin/exemptions/${exemptionId}`;
    const suspended = await decided(analyst, exemption, 'suspend', { ...secret, closeRunning: false });
    expect(checked(suspended.body.suspension.receipt)).toMatchObject({ reasonCode: told });
    const revoked = await decided(approver, exemption, 'revoke', secret);
    expect(checked(revoked.body.revocation.receipt)).toMatchObject({ decision: 'revoked', reasonCode: told });

    const auditor = await api.as('auditor');
    const codes = [];
    for (const [about, action] of [
      [id, 'request.denied'],
      [exemptionId, 'exemption.suspended'],
      [exemptionId, 'exemption.revocationOrdered'],
    ] as const) {
      const entries = await auditor.get(`/v1/admin/audit/entries?subject=${about}&action=${action}`);
      codes.push(entries.body.items[0].details.reasonCode);
    }
    expect(codes).toEqual(Array(3).fill('volume-implausible'));
    expect(await brokenInvariants(api.database.ownerUrl)).toEqual([]);
  });

  it('is refused where a letter of it was changed, and where another key signed', async () => {
    const { id } = await filed();
    const denial = { reasonCode: 'justification-insufficient', internalReason: 'an internal matter' };
    const { body } = await decided(reviewer, `/v1/admin/exemption-requests/${id}`, 'deny', denial);
    const [header = '', payload = '', signature = ''] = String(body.decision.receipt).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, decision: 'approved' })).toString('base64url');
    const otherHeader = Buffer.from('{"alg":"none","typ":"postern-receipt+jwt"}').toString('base64url');
    expect(checked(`${header}.${forged}.${signature}`)).toBeNull();
    expect(checked(`${otherHeader}.${payload}.`)).toBeNull();
    expect(
      checked(`${header}.${payload}.${signature.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'))}`),
    ).toBeNull();
    expect(checked(customer.token)).toBeNull();
    expect(checked('nonsense')).toBeNull();
  });
});
