import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { until } from '../../launch/demo/desk.js';
import { requestBody } from '../../launch/demo/exemption-desk.js';
import { developmentToken, tenants, type Persona } from '../../launch/development-token.js';
import { Canaries } from '../support/canaries.js';
import { dumpRows } from '../support/dump-rows.js';
import {
  aSubscription,
  decide,
  exemptionState,
  registerDevelopmentTenants,
  reviewed,
} from '../support/filing.js';
import { startPostern, type CallExtras, type Postern, type Seen } from '../support/postern.js';
import { queueBackends, testRedisUrl } from '../support/redis-server.js';

describe.each(queueBackends())('secrets and personal data, with the queue on %s', (backend) => {
  /** Told to nobody. */
  const secrets = new Canaries();
  /** Of people: where `docs/privacy.md` says, and nowhere else. */
  const personal = new Canaries();
  /** Facts about deployments and what a caller named: rows hold them, and logs, metrics and queues do not. */
  const facts = new Canaries();
  const problems: string[] = [];
  let relay: SMTPServer;
  let refusedMails = 0;
  let postern: Postern;
  let dump: ReadonlyMap<string, readonly string[]>;

  async function startRefusingRelay(): Promise<number> {
    relay = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ username }, _session, done) => {
        refusedMails += 1;
        done(new Error(`no ${username ?? ''}, ${secrets.plant('words of the mail relay')}`));
      },
    });
    relay.on('error', () => undefined); // a client that breaks off
    const server = relay.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  function settings(smtpPort: number): Readonly<Record<string, string>> {
    const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
    const password = secrets.plant('SMTP_URL');
    return {
      LOG_LEVEL: 'debug',
      ARM_TOKEN: secrets.plant('ARM_TOKEN'),
      GATE_SECRET: `whsec_${secrets.know('GATE_SECRET', randomBytes(32).toString('base64'))}`,
      POSTERN_SECRET: secrets.plant('POSTERN_SECRET'),
      AUDIT_SIGNING_KEY: secrets.know('AUDIT_SIGNING_KEY', key.toString('base64')),
      AUDIT_ORIGIN: 'postern.example/audit',
      SMTP_URL: `smtp://desk:${password}@127.0.0.1:${String(smtpPort)}`,
      MAIL_FROM: 'desk@postern.example',
    };
  }

  /** Calls with a token that is looked for, too, and keeps what was refused. */
  async function call(as: Persona, method: string, path: string, extras: CallExtras = {}): Promise<Seen> {
    const token = await developmentToken(as, { dataDir: postern.dataDir });
    secrets.know(`the signature of a token`, token.split('.')[2] ?? '');
    const headers = {
      authorization: `Bearer ${token}`,
      'idempotency-key': facts.plant('Idempotency-Key'),
      'user-agent': secrets.plant('User-Agent'),
      'x-request-id': secrets.plant('X-Request-Id'),
      'x-anything': secrets.plant('X-Anything'),
      cookie: `session=${secrets.plant('Cookie')}`,
      ...extras.headers,
    };
    const seen = await postern.call(null, method, path, { ...extras, headers });
    if (seen.status >= 400) problems.push(seen.body.text);
    return seen;
  }

  const sending = (domain: string) => ({
    kinds: ['transactional'],
    domains: [domain],
    dailyVolume: 4_000,
    optIn: personal.plant('sending.optIn'),
    bounceHandling: personal.plant('sending.bounceHandling'),
    abuseContact: `${personal.plant('sending.abuseContact')}@example.com`,
  });
  const wordsOfAFiler = () => ({
    justification: `They know us by our own address, says ${personal.plant('justification')}, and by no relay.`,
    contact: {
      name: personal.plant('contact.name'),
      email: `${personal.plant('contact.email')}@people.example`,
    },
  });

  async function file(
    as: 'customer' | 'partner',
    domain: string,
    machines: readonly string[],
    more: object = {},
  ) {
    const subscriptionId = await aSubscription(postern, {
      machines,
      offer: { quotaId: 'PayAsYouGo_2014-09-01' },
    });
    const body = requestBody(subscriptionId, { ...wordsOfAFiler(), sending: sending(domain), ...more });
    const filed = await call(as, 'POST', '/v1/exemption-requests', { body });
    expect([filed.status, filed.body.at('refusals').text]).toEqual([201, 'null']);
    return filed.body.at('id').text;
  }

  /** Bodies, tokens and paths that are refused, each with something to give away. */
  async function everythingWrong(): Promise<void> {
    const path = '/v1/exemption-requests';
    const body = (differs: object) => ({
      body: requestBody(randomUUID(), { ...wordsOfAFiler(), ...differs }),
    });
    await call('customer', 'POST', path, body({}));
    await call('customer', 'POST', path, body({ justification: personal.plant('a short justification') }));
    await call(
      'customer',
      'POST',
      path,
      body({ contact: { name: personal.plant('a name'), email: personal.plant('no address') } }),
    );
    await call(
      'customer',
      'POST',
      path,
      body({ classification: personal.plant('an unknown classification') }),
    );
    const cut = `{"justification": "${personal.plant('a body that was cut')}`;
    await call('customer', 'POST', path, { raw: { contentType: 'application/json', text: cut } });
    await call('customer', 'POST', path, {
      raw: { contentType: 'text/plain', text: personal.plant('plain text') },
    });
    const query = `?customerTenantId=${personal.plant('a query')}`;
    await call('customer', 'GET', `${path}${query}`);
    await call('customer', 'GET', `${path}?cursor=${personal.plant('a cursor')}`);
    await call('customer', 'GET', path, {
      headers: { authorization: `Bearer ${secrets.plant('no token')}` },
    });
    await call('customer', 'GET', path, {
      headers: { authorization: `Basic ${secrets.plant('a password')}` },
    });
    await call('operator', 'DELETE', `/v1/admin/people/${randomUUID()}`, {
      body: { reason: personal.plant('no erasure') },
    });
    await call('operator', 'DELETE', '/v1/admin/contacts', {
      body: {
        reason: personal.plant('no erasure'),
        email: `${personal.plant('an unknown contact')}@example.com`,
      },
    });
  }

  /** One request through every hand to a revoked exemption, while cloud, relay and names misbehave. */
  async function theStory(): Promise<void> {
    const domain = 'mail.canary-story.example';
    await postern.cloud.dnsRecord(domain, 'TXT', [`v=spf1 -all ${facts.plant('a TXT record')}`]);
    const requestId = await file('customer', domain, ['mx1']);
    const page = `/v1/admin/exemption-requests/${requestId}`;
    await reviewed(postern, requestId);
    await call('reviewer', 'POST', `${page}/notes`, { body: { text: personal.plant('a note') } });
    await call('reviewer', 'POST', `${page}/request-information`, {
      body: { question: personal.plant('a question') },
    });
    await call('customer', 'POST', `/v1/exemption-requests/${requestId}/information`, {
      body: { answer: personal.plant('an answer'), sending: sending(domain) },
    });
    await reviewed(postern, requestId);
    await postern.control('POST', '/_control/faults', {
      body: { kind: 'error', status: 500, code: secrets.plant('what the cloud says'), times: 4 },
    });
    const approval = { reason: personal.plant('a reason'), conditions: personal.plant('conditions') };
    const approved = await decide(postern, 'reviewer', page, 'approve', approval);
    const exemptionId = approved.body.at('exemption', 'id').text;
    await call('customer', 'PUT', `/v1/exemptions/${exemptionId}/restart-plan`, {
      body: { mode: 'managed' },
    });
    await exemptionState(postern, exemptionId, 'effective', 90_000);
    const violation = await call('analyst', 'POST', '/v1/admin/violations', {
      body: {
        exemptionId,
        kind: 'spam-complaint',
        description: personal.plant('a description'),
        evidence: [{ kind: 'report', at: '2026-03-01T12:00:00Z', text: personal.plant('evidence') }],
      },
    });
    const violationId = violation.body.at('id').text;
    const judgement = { internalReason: personal.plant('a judgement') };
    await call('analyst', 'POST', `/v1/admin/violations/${violationId}/confirm`, { body: judgement });
    const revocation = { reasonCode: 'terms-violated', internalReason: personal.plant('a revocation') };
    await decide(postern, 'approver', `/v1/admin/exemptions/${exemptionId}`, 'revoke', revocation);
    await exemptionState(postern, exemptionId, 'revoked', 90_000);
  }

  async function others(): Promise<void> {
    const consent = {
      givenBy: personal.plant('consent.givenBy'),
      givenAt: '2026-01-01T00:00:00Z',
      reference: personal.plant('consent.reference'),
    };
    const onBehalfOf = { customerTenantId: tenants.customer, consent };
    const withdrawn = await file('partner', 'mail.example.com', [], { onBehalfOf });
    const reason = personal.plant('a withdrawal');
    await call('partner', 'POST', `/v1/exemption-requests/${withdrawn}/withdraw`, { body: { reason } });
    const denied = await file('customer', 'mail.example.com', []);
    await reviewed(postern, denied);
    const denial = { reasonCode: 'justification-insufficient', internalReason: personal.plant('a denial') };
    await decide(postern, 'reviewer', `/v1/admin/exemption-requests/${denied}`, 'deny', denial);
  }

  async function asOwner<T>(sql: string): Promise<readonly T[]> {
    const client = new pg.Client({ connectionString: postern.database.ownerUrl });
    await client.connect();
    try {
      return (await client.query(sql)).rows as T[];
    } finally {
      await client.end();
    }
  }

  beforeAll(async () => {
    const env = settings(await startRefusingRelay());
    const redisUrl = backend === 'redis' ? testRedisUrl() : null;
    postern = await startPostern({ redisUrl, keepsOutput: true, env });
    await registerDevelopmentTenants(postern);
    await everythingWrong();
    await others();
    await theStory();
    const failed = () =>
      asOwner(`SELECT FROM effects WHERE type = 'send-notification' AND last_error IS NOT NULL`);
    await until('a mail to be refused', failed, (rows) => rows.length > 0 && refusedMails > 0);
    for (const row of await asOwner<{ url: string }>('SELECT operation_url AS url FROM power_operations'))
      secrets.know('a signed operation URL', new URL(row.url).search);
    dump = await dumpRows(postern.database.ownerUrl);
  });
  afterAll(async () => {
    await postern.stop().finally(() => new Promise<void>((resolve) => relay.close(resolve)));
  });

  /** Tables in which any of these stand, with what it was planted as. */
  const found = (canaries: Canaries, besides: readonly string[]) =>
    [...dump]
      .filter(([table]) => !besides.includes(table.replace('public.', '')))
      .flatMap(([table, rows]) => canaries.in(rows.join('\n')).map((as) => `${table}: ${as}`));

  it('stand in no line that a process writes', () => {
    const output = postern.output();
    expect(output).toContain('"process":"worker"');
    expect(output).toContain('"route":"/v1/exemption-requests"');
    expect([...secrets.in(output), ...personal.in(output), ...facts.in(output)]).toEqual([]);
  });

  it('stand in no metric', async () => {
    const [, metricsUrl = ''] = /"metricsUrl":"([^"]+)"/.exec(postern.output()) ?? [];
    const texts = [metricsUrl, postern.workerUrl].map(async (url) => (await fetch(`${url}/metrics`)).text());
    const exposed = (await Promise.all(texts)).join('\n');
    expect(exposed).toContain('postern_effects');
    expect(exposed).toContain('postern_http_request_seconds');
    expect([...secrets.in(exposed), ...personal.in(exposed), ...facts.in(exposed)]).toEqual([]);
  });

  it('stand in no problem document', () => {
    expect(problems.length).toBeGreaterThan(10);
    const told = problems.join('\n');
    expect([...secrets.in(told), ...personal.in(told)]).toEqual([]);
  });

  it('stand in no table: secrets but what the cloud signed for us', () => {
    expect(found(secrets, ['power_operations'])).toEqual([]);
  });

  it('stand in no table but the erasable ones: what is personal (I15)', () => {
    expect(found(personal, ['request_particulars', 'erasable_texts', 'idempotency_keys'])).toEqual([]);
    expect(personal.in((dump.get('public.request_particulars') ?? []).join())).not.toEqual([]);
    expect(personal.in((dump.get('public.erasable_texts') ?? []).join())).not.toEqual([]);
  });

  it('stand in no payload, error, audit entry or line of history: not even facts', () => {
    const kept = ['findings', 'idempotency_keys'];
    expect(found(facts, kept)).toEqual([]);
  });

  const backends = backend === 'redis' ? ['the keys and values of Redis'] : [];
  it.each(['what BullMQ keeps in PostgreSQL', ...backends])('stand not in %s', async (where) => {
    const texts = where.startsWith('what')
      ? [...dump].filter(([table]) => !table.startsWith('public.')).flatMap(([, rows]) => rows)
      : await everythingIn(testRedisUrl() ?? '');
    expect(texts.length).toBeGreaterThan(0);
    const text = texts.join('\n');
    expect([...secrets.in(text), ...personal.in(text), ...facts.in(text)]).toEqual([]);
  });
});

/** Keys and values, as they would be dumped. */
async function everythingIn(url: string): Promise<readonly string[]> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys('*');
    const values = await Promise.all(keys.map((key) => redis.dump(key)));
    const whole = await Promise.all(keys.map((key) => redis.type(key)));
    const hashes = await Promise.all(
      keys.filter((_key, index) => whole[index] === 'hash').map((key) => redis.hgetall(key)),
    );
    return [...keys, ...values.map(String), JSON.stringify(hashes)];
  } finally {
    redis.disconnect();
  }
}
