import fastify from 'fastify';
import pg from 'pg';

/** What Postern is measured against: Fastify and pg, nothing else, writing and reading the same rows in the same frame. */
const pool = new pg.Pool({ connectionString: process.env['DATABASE_APP_URL'] ?? '', max: 10 });
const app = fastify({ logger: false });
const frame = () =>
  `SET LOCAL ROLE postern_api; SELECT set_config('app.tenant', '00000000-0000-4000-8000-000000000003', true),
     set_config('app.now', '${new Date().toISOString()}', true), set_config('app.fresh_since', '2024-01-01T00:00:00Z', true)`;
const nobody = JSON.stringify({
  kind: 'customer',
  tenantId: '00000000-0000-4000-8000-000000000003',
  objectId: 'x',
  name: null,
});
const checks = Array.from({ length: 11 }, (_, index) => `check-${String(index)}`);

interface Body {
  readonly id: string;
  readonly subscriptionId: string;
  readonly justification: string;
}

app.post('/submit', async (request, reply) => {
  const { id, subscriptionId, justification } = request.body as Body;
  const client = await pool.connect();
  try {
    await client.query(`BEGIN; ${frame()}`);
    await insertRequest(client, id, subscriptionId, justification);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
  return reply.status(201).send({ id, subscriptionId, state: 'checking' });
});

async function insertRequest(
  client: pg.PoolClient,
  id: string,
  subscriptionId: string,
  justification: string,
): Promise<void> {
  const tenant = '00000000-0000-4000-8000-000000000003';
  await client.query(
    `INSERT INTO exemption_requests (id, state, version, subscription_id, tenant_id, filed_by, classification, pack,
       relay_cannot_be_used, daily_volume, restart_plan, submitted_at, round, checks, due_at, review_due_at)
     VALUES ($1, 'checking', 1, $2, $3, $4, 'technical', 'P3', true, 4000, '{}', now(), 1, $5, now(), now())`,
    [id, subscriptionId, tenant, nobody, JSON.stringify(checks)],
  );
  await client.query(
    `INSERT INTO request_particulars (request_id, tenant_id, justification, sending, contact, contact_hash) VALUES ($1, $2, $3, '{}', '{}', 'x')`,
    [id, tenant, justification],
  );
  await client.query(
    `WITH h AS (INSERT INTO history (aggregate, aggregate_id, version, tenant_id, to_state, event, at, actor)
       VALUES ('request', $1, 1, $2, 'checking', $3, now(), $4) RETURNING sequence)
     INSERT INTO audit_entries (history_sequence, action, subject_type, subject_id, at, actor, details)
     SELECT sequence, 'request.submitted', 'request', $1::text, now(), $4, '{}' FROM h`,
    [id, tenant, JSON.stringify({ type: 'submitted', checks }), nobody],
  );
  await client.query('INSERT INTO timelines (request_id, last_sequence) VALUES ($1, 1)', [id]);
  await client.query(
    `INSERT INTO timeline_entries (request_id, sequence, tenant_id, event, by, facts, mailed, at) VALUES ($1, 1, $2, 'submitted', 'customer', '{}', true, now())`,
    [id, tenant],
  );
  await client.query(
    `INSERT INTO effects (type, payload, priority, singleton_key, due_at, created_at, state)
     SELECT 'run-fraud-check', '{}'::jsonb, 4, $1 || c, now(), now(), 'done' FROM unnest($2::text[]) c
     UNION ALL SELECT 'preview-restarts', '{}'::jsonb, 6, 'preview_' || $1, now(), now(), 'done'`,
    [id, checks],
  );
}

app.get('/requests/:id', async (request) => {
  const { id } = request.params as { readonly id: string };
  const client = await pool.connect();
  try {
    await client.query(`BEGIN READ ONLY; ${frame()}`);
    const { rows } = await client.query<Record<string, unknown>>(
      'SELECT * FROM exemption_requests WHERE id = $1',
      [id],
    );
    const counted = await client.query<{ count: string }>(
      'SELECT count(*) FROM findings WHERE request_id = $1 AND round = 1',
      [id],
    );
    await client.query('COMMIT');
    return { ...rows[0], finished: counted.rows[0]?.count };
  } finally {
    client.release();
  }
});

const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ url });
const stop = () => void app.close().then(() => process.exit(0));
process.on('SIGTERM', stop).on('SIGINT', stop).on('disconnect', stop); // the bench may be killed
