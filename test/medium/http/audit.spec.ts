import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SequenceAudit } from '../../../src/application/sequence-audit.js';
import { AuditTrail } from '../../../src/http/audit-trail.js';
import { startTestApi, type TestApi } from '../../support/api.js';
import type { HttpClient } from '../../support/http-client.js';
import { aRequest, registerSubscription } from '../../support/registry.js';

let api: TestApi;
let customer: HttpClient;
let reviewer: HttpClient;
let auditor: HttpClient;
let requestId: string;
const entriesPath = '/v1/admin/audit/entries';

beforeAll(async () => {
  api = await startTestApi();
  customer = await api.as('customer');
  reviewer = await api.as('reviewer');
  auditor = await api.as('auditor');
  const filed = await customer.post(
    '/v1/exemption-requests',
    aRequest(await registerSubscription(await api.as('operator'))),
  );
  requestId = String(filed.body.id);
});
afterAll(() => api.close());

const sequence = () => api.app.get(SequenceAudit, { strict: false }).run('all');

interface Entry {
  readonly id: string;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly actor: { readonly kind: string; readonly person: string | null };
  readonly details: Readonly<Record<string, unknown>>;
}

interface Proof {
  readonly leafInput: string;
  readonly path: readonly string[];
  readonly checkpoint: { readonly note: string };
}

async function entriesOf(query: string): Promise<readonly Entry[]> {
  const { status, body } = await auditor.get(`${entriesPath}?${query}`);
  expect(status).toBe(200);
  return body.items as readonly Entry[];
}

describe('the audit (I9)', () => {
  it('is the auditor’s alone', async () => {
    for (const one of [customer, reviewer, await api.as('operator'), await api.as('approver')])
      expect((await one.get(entriesPath)).status).toBe(403);
    expect((await auditor.get(entriesPath)).status).toBe(200);
  });

  it('has an entry of a state change, by whom and when, and no name and no object id', async () => {
    const [entry] = await entriesOf(`subject=${requestId}&action=request.submitted`);
    expect(entry).toMatchObject({ subjectType: 'request', actor: { kind: 'customer' } });
    expect(entry?.actor.person).toMatch(/^[\da-f]{64}$/);
    expect(Object.keys(entry?.actor ?? {})).not.toContain('objectId');
  });

  it('has one entry of a read of what is sensitive, and none of what customers read of their own', async () => {
    await reviewer.get(`/v1/admin/exemption-requests/${requestId}`);
    await reviewer.get(`/v1/exemption-requests/${requestId}`);
    await customer.get(`/v1/exemption-requests/${requestId}`);
    const reads = await entriesOf(`subject=${requestId}&action=read`);
    expect(reads.map(({ actor, details }) => [actor.kind, details.route])).toEqual([
      ['platform', 'GET /v1/exemption-requests/:id'],
      ['platform', 'GET /v1/admin/exemption-requests/:id'],
    ]);
    expect(await entriesOf(`subject=${entriesPath}&action=read&limit=1`)).toHaveLength(1);
  });

  it('has one entry of a refused attempt: what, how, and which codes', async () => {
    const foreign = randomUUID();
    await customer.get(`/v1/exemption-requests/${foreign}`);
    await customer.post(`/v1/admin/exemption-requests/${requestId}/claim`);
    await customer.post('/v1/exemption-requests', aRequest(foreign));
    const byId = await entriesOf(`subject=${foreign}`);
    expect(byId).toMatchObject([{ action: 'refused', details: { status: 404, codes: ['not-found'] } }]);
    const [missing] = await entriesOf(`subject=${requestId}&action=refused`);
    expect(missing?.details).toMatchObject({ status: 403, codes: ['role-missing'] });
    const refused = await entriesOf('action=refused');
    expect(refused[0]?.details).toMatchObject({
      route: 'POST /v1/exemption-requests',
      about: { subscriptionId: foreign },
    });
  });

  it('has no further entry of an answer that is told again (I11)', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const { body } = await customer.get(`/v1/exemption-requests/${requestId}`);
    const again = aRequest(String(body.subscriptionId));
    for (let count = 0; count < 3; count += 1) {
      const { status } = await customer.post('/v1/exemption-requests', again, key);
      expect(status).toBe(409);
    }
    const refused = await entriesOf('action=refused&limit=200');
    expect(refused.filter(({ details }) => details.status === 409)).toHaveLength(1);
  });

  it('has one line for a minute in which somebody was refused again and again (I16)', async () => {
    const one = await api.as('customer', { oid: randomUUID() });
    const foreign = Array.from({ length: 30 }, () => randomUUID());
    for (const id of foreign) expect((await one.get(`/v1/exemption-requests/${id}`)).status).toBe(404);
    for (let count = 0; count < 30; count += 1)
      expect((await one.post(`/v1/admin/exemption-requests/${requestId}/claim`)).status).toBe(403);
    await api.app.get(AuditTrail).flush(true);
    const alone = await entriesOf(`subject=${foreign[0] ?? ''}`);
    const [{ actor } = { actor: { person: null } }] = alone;
    const all = await entriesOf(`actor=${String(actor.person)}&action=refused&limit=200`);
    const [line, ...more] = all.filter(({ subjectType }) => subjectType === 'minute');
    expect(more).toEqual([]);
    expect(all).toHaveLength(11);
    expect(line?.details).toMatchObject({
      count: 50,
      kinds: [
        { route: 'GET /v1/exemption-requests/:id', status: 404, codes: ['not-found'], count: 20 },
        {
          route: 'POST /v1/admin/exemption-requests/:id/claim',
          status: 403,
          codes: ['role-missing'],
          count: 30,
        },
      ],
    });
    expect((line?.details.about as string[])[0]).toBe(foreign[10]);
    await api.app.get(AuditTrail).flush(true);
    expect(await entriesOf(`actor=${String(actor.person)}&action=refused&limit=200`)).toHaveLength(11);
  });

  it('is read page by page, and filtered by who, what and when', async () => {
    const all = await entriesOf('limit=200');
    const seen: string[] = [];
    let next: string | null = `${entriesPath}?limit=3&until=${new Date().toISOString()}`;
    while (next !== null) {
      const answer = await auditor.get(next);
      seen.push(...(answer.body.items as Entry[]).map(({ id }) => id));
      next = /^<([^>]+)>/.exec(answer.headers.get('link') ?? '')?.[1] ?? null;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(all.map(({ id }) => id)));
    const person = all.find(({ actor }) => actor.kind === 'customer')?.actor.person ?? '';
    expect((await entriesOf(`actor=${person}`)).every(({ actor }) => actor.person === person)).toBe(true);
    expect(await entriesOf(`since=${new Date(Date.now() + 3_600_000).toISOString()}`)).toEqual([]);
  });

  it('tells nobody anything where what is told cannot be recorded', async () => {
    const restore = await api.cutOffStore();
    expect((await reviewer.get(`/v1/admin/exemption-requests/${requestId}`)).status).toBe(503);
    await restore();
  });
});

describe('a proof of the audit', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'postern-proof-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const script = path.resolve(__dirname, '../../../docs/verify-proof.mjs');
  const checked = (proof: unknown, key: string): Promise<readonly [number, string]> => {
    const file = path.join(folder, 'proof.json');
    writeFileSync(file, JSON.stringify(proof));
    return new Promise((resolve) => {
      execFile(process.execPath, [script, file, key], (error, out, err) =>
        resolve([error === null ? 0 : Number(error.code), out + err]),
      );
    });
  };

  it('waits for the entry’s place, and is 404 for an entry that there is not', async () => {
    const [entry] = await entriesOf(`subject=${requestId}&action=request.submitted`);
    const answer = await auditor.get(`/v1/admin/audit/proofs/${entry?.id ?? ''}`);
    expect([answer.status, answer.body.code]).toEqual([409, 'audit-not-sequenced']);
    expect((await auditor.get(`/v1/admin/audit/proofs/${randomUUID()}`)).status).toBe(404);
  });

  it('is checked by the script in docs, which believes nothing that was changed', async () => {
    await sequence();
    const [entry] = await entriesOf(`subject=${requestId}&action=request.submitted`);
    const { body: proof, status } = await auditor.get(`/v1/admin/audit/proofs/${entry?.id ?? ''}`);
    expect(status).toBe(200);
    const { body: keys } = await api.nobody.get('/audit-keys');
    const [key] = keys.verifierKeys as readonly string[];
    if (key === undefined) throw new Error('no key is served');
    expect(await checked(proof, key)).toEqual([0, expect.stringContaining(`entry ${entry?.id ?? ''}`)]);
    const { leafInput, path: steps, checkpoint } = proof as Proof;
    const wrong = [
      { ...proof, entry: { ...proof.entry, action: 'request.denied' } },
      { ...proof, leafInput: leafInput.replace('submitted', 'denied') },
      { ...proof, leafIndex: Number(proof.leafIndex) + 1 },
      { ...proof, path: steps.slice(1) },
      {
        ...proof,
        checkpoint: { ...checkpoint, note: checkpoint.note.replace(/\n\d+\n/, '\n7\n') },
      },
    ];
    for (const one of wrong) expect((await checked(one, key))[0]).toBe(1);
    const stranger = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
    expect((await checked(proof, stranger))[0]).toBe(1);
  });

  it('goes on from checkpoint to checkpoint, as the consistency proofs say', async () => {
    await sequence();
    await customer.get(`/v1/exemption-requests/${randomUUID()}`);
    await sequence();
    const { body } = await auditor.get('/v1/admin/audit/checkpoints?limit=2');
    const [newest, before] = body.items as readonly { size: number; note: string; rootHash: string }[];
    expect(newest?.note.split('\n').slice(0, 3)).toEqual([
      'postern.localhost/audit',
      String(newest?.size),
      newest?.rootHash,
    ]);
    const proved = await auditor.get(`/v1/admin/audit/checkpoints?from=${String(before?.size)}&limit=2`);
    expect(proved.body.items[0].consistency.length).toBeGreaterThan(0);
    expect(proved.body.items[1].consistency ?? []).toEqual([]);
  });
});
