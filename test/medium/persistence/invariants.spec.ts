import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { invariants } from '../../../src/adapters/postgres/invariants/all-invariants.js';
import { nothingSaid } from '../../../src/application/nothing-said.js';
import { livesIn, worker, type Life } from './lives.js';
import { customer } from '../verbs/people.js';
import { createStoreWorld, mail, type StoreWorld } from './store-world.js';

let world: StoreWorld;
let client: pg.Client;
let effective: Life;
let revoked: Life;
let restartId: string;
beforeAll(async () => {
  world = await createStoreWorld();
  const lives = livesIn(world);
  const life = await lives.granted();
  const restart = await lives.deallocating(await lives.planned(life));
  const movedAt = world.clock.now();
  const gate = await lives.onGate(
    life.gate,
    { type: 'moved', fence: 1, movedAt, appliesTo: 'next-start' },
    worker,
  );
  const right = await lives.granted();
  const opened = await lives.onGate(
    right.gate,
    { type: 'moved', fence: 1, movedAt, appliesTo: 'next-start' },
    worker,
  );
  const exemption = await lives.onExemption(right.exemption, { type: 'enabled', fence: 1 }, worker);
  effective = { request: right.request, exemption, gate: opened };
  revoked = await lives.revoked();
  restartId = restart.id;
  await lives.alleged(effective);
  const { id: requestId, tenantId } = effective.request;
  await world.inTransaction(
    async (tx) => {
      await tx.particulars.save(aParticular(requestId, tenantId));
      const about = { tenantId, about: 'request', aboutId: requestId } as const;
      await tx.texts.save([{ ...about, id: randomUUID(), text: 'as it was said' }]);
      await tx.audit('request.described', { type: 'request', id: requestId });
    },
    { actor: customer, traceId: null },
  );
  await world.submitted();
  await world.add(mail(randomUUID(), 1));
  expect(gate.state).toBe('open');
  client = new pg.Client({ connectionString: world.database.ownerUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await world.close();
});

const aParticular = (requestId: string, tenantId: string) => ({
  requestId,
  tenantId,
  justification: 'as it was said',
  sending: { ...nothingSaid, dailyVolume: 1, optIn: null, bounceHandling: null },
  contact: null,
  consent: null,
});

/** What all invariants find, by id, when the database was bent like this; it is bent back afterwards. */
async function foundAfter(...statements: readonly (readonly [sql: string, ...parameters: unknown[]])[]) {
  await client.query('BEGIN');
  try {
    // As only somebody with the owner's rights could: past triggers and foreign keys.
    await client.query('SET LOCAL session_replication_role = replica');
    for (const [sql, ...parameters] of statements) await client.query(sql, parameters);
    const found: string[] = [];
    for (const { id, findBroken } of invariants) {
      for (const sentence of await findBroken(client)) found.push(`${id} ${sentence}`);
    }
    return found;
  } finally {
    await client.query('ROLLBACK');
  }
}

const copied = (table: string, id: string) =>
  `INSERT INTO ${table} SELECT (copy).* FROM (SELECT jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid())) AS copy
     FROM ${table} t WHERE id = '${id}') c`;

/** A line of the effective exemption's history as nobody wrote it. */
const reinstatedBy = (version: number, type: string, from: string, to: string, actor: object) =>
  [
    `INSERT INTO history (aggregate, aggregate_id, version, from_state, to_state, event, at, actor, tenant_id)
     SELECT 'exemption', id, $2, $3, $4, jsonb_build_object('type', $5::text, 'isFirstOfTwo', $4 = 'suspended'), now(), $6::jsonb, tenant_id
     FROM exemptions WHERE id = $1`,
    ...[effective.exemption.id, version, from, to, type, JSON.stringify(actor)],
  ] as const;

const elsewhere = `tenant_id = '00000000-0000-4000-8000-0000000000ff'`;
const subjectOf = (sql: string) =>
  sql.includes('exemption_requests')
    ? revoked.request.id
    : sql.includes('exemptions')
      ? effective.exemption.id
      : effective.request.subscriptionId;
/** What a transfer that nobody followed up leaves, one defect each (F27). */
function whatWasLeft(): readonly (readonly [string, ...string[]])[] {
  const undecided = `UPDATE exemption_requests SET state = 'reviewing', exemption_id = NULL, ended_at = NULL`;
  return [
    [
      'a right of a former tenant in its sight',
      `UPDATE subscriptions SET ${elsewhere} WHERE subscription_id = $1`,
    ],
    ['a right that was given back after a transfer', 'UPDATE exemptions SET moved_at = now() WHERE id = $1'],
    ['a request of a former tenant in its sight', `UPDATE exemption_requests SET ${elsewhere} WHERE id = $1`],
    ['an undecided request of a former tenant', `${undecided}, ${elsewhere}, moved_at = now() WHERE id = $1`],
    ['an undecided request of a former partner', `${undecided}, filer_left_at = now() WHERE id = $1`],
    ['a gate that is open for a former tenant', `UPDATE gates SET ${elsewhere} WHERE id = $1`],
  ];
}

describe('the invariants', () => {
  it('hold for what lives through the stores', async () => {
    expect(await foundAfter()).toEqual([]);
  });

  const cases: readonly (readonly [string, string, () => readonly (readonly [string, ...unknown[]])[]])[] = [
    [
      'I2',
      'two live requests',
      () => [
        ['DROP INDEX exemption_requests_one_live'],
        ['ALTER TABLE exemption_requests ALTER COLUMN filer_tenant_id DROP EXPRESSION'],
        [
          `UPDATE exemption_requests SET state = 'reviewing', exemption_id = NULL WHERE id = $1`,
          revoked.request.id,
        ],
        [copied('exemption_requests', revoked.request.id)],
      ],
    ],
    [
      'I2',
      'two live exemptions',
      () => [
        ['DROP INDEX exemptions_one_live'],
        ['ALTER TABLE exemptions DROP CONSTRAINT exemptions_request_once'],
        [copied('exemptions', effective.exemption.id)],
      ],
    ],
    [
      'I3',
      'a changed row',
      () => [['UPDATE exemptions SET granted_at = now() WHERE id = $1', revoked.exemption.id]],
    ],
    [
      'I3',
      'a lost line',
      () => [['DELETE FROM history WHERE aggregate_id = $1 AND version = 1', revoked.request.id]],
    ],
    ['I3', 'a lost row', () => [['DELETE FROM violations']]],
    [
      'I3',
      'an arrow that no lifecycle has',
      () => [
        [
          `UPDATE history SET to_state = 'lapsed' WHERE aggregate_id = $1 AND version = 3`,
          revoked.request.id,
        ],
      ],
    ],
    [
      'I4',
      'a jump',
      () => [
        [
          `UPDATE history SET from_state = 'denied' WHERE aggregate_id = $1 AND version = 3`,
          revoked.request.id,
        ],
      ],
    ],
    [
      'I5',
      'somebody who decided what they filed',
      () => [
        [`UPDATE exemption_requests SET filed_by = decision -> 'by' WHERE id = $1`, effective.request.id],
      ],
    ],
    [
      'I5',
      'one person twice',
      () => [[`UPDATE exemption_requests SET first_approval = decision WHERE id = $1`, effective.request.id]],
    ],
    [
      'I5',
      'one person where two are required',
      () => [[`UPDATE exemption_requests SET daily_volume = 10001 WHERE id = $1`, effective.request.id]],
    ],
    [
      'I5',
      'a check that never ended',
      () => [['DELETE FROM findings WHERE request_id = $1', effective.request.id]],
    ],
    [
      'I5',
      'a grant by rule over doubts',
      () => [
        [
          `UPDATE exemption_requests SET verdict = 'doubtful', decision = jsonb_set(decision, '{by}', '{"kind": "policy"}') WHERE id = $1`,
          effective.request.id,
        ],
      ],
    ],
    [
      'I5',
      'a reinstatement by one person of what policy suspended',
      () => [
        reinstatedBy(3, 'suspended', 'effective', 'suspended', { kind: 'policy', objectId: null }),
        reinstatedBy(4, 'reinstated', 'suspended', 'enabling', { kind: 'platform', objectId: 'one' }),
      ],
    ],
    [
      'I5',
      'a reinstatement by the same person twice',
      () => [
        reinstatedBy(3, 'suspended', 'effective', 'suspended', { kind: 'policy', objectId: null }),
        reinstatedBy(4, 'reinstated', 'suspended', 'suspended', { kind: 'platform', objectId: 'one' }),
        reinstatedBy(5, 'reinstated', 'suspended', 'enabling', { kind: 'platform', objectId: 'one' }),
      ],
    ],
    ...whatWasLeft().map(
      ([what, ...bends]) => ['I12', what, () => bends.map((sql) => [sql, subjectOf(sql)] as const)] as const,
    ),
    [
      'I6',
      'an effective exemption with a closing gate',
      () => [[`UPDATE gates SET state = 'closing' WHERE id = $1`, effective.gate.id]],
    ],
    [
      'I6',
      'an effective exemption with a machine that was not cycled',
      () => [['UPDATE restarts SET exemption_id = $1 WHERE id = $2', effective.exemption.id, restartId]],
    ],
    [
      'I7',
      'a revoked exemption whose gate never closed',
      () => [
        [
          `DELETE FROM history WHERE aggregate = 'gate' AND aggregate_id = $1 AND to_state = 'closed'`,
          revoked.gate.id,
        ],
      ],
    ],
    [
      'I7',
      'a revoked exemption with a machine that is not closed',
      () => [
        [
          `UPDATE restarts SET exemption_id = $1, fence = 2, direction = 'revoke' WHERE id = $2`,
          revoked.exemption.id,
          restartId,
        ],
      ],
    ],
    [
      'I8',
      'two power operations at once',
      () => [
        ['DROP INDEX power_operations_one_in_flight'],
        [
          `INSERT INTO power_operations (id, restart_id, subscription_id, tenant_id, vm_id, kind, state, intended_at, polls, attempt)
           SELECT gen_random_uuid(), id, subscription_id, tenant_id, vm_id, 'start', 'sent', now(), 0, 1
           FROM restarts, generate_series(1, 2) WHERE id = $1`,
          restartId,
        ],
      ],
    ],
    [
      'I9',
      'a missing audit entry',
      () => [['DELETE FROM audit_entries WHERE subject_id = $1', revoked.request.id]],
    ],
    ['I9', 'a changed text', () => [[`UPDATE erasable_texts SET text = 'as it was never said'`]]],
    [
      'I9',
      'changed particulars',
      () => [[`UPDATE request_particulars SET justification = 'as it was never said'`]],
    ],
    [
      'I9',
      'particulars with a commitment of their own',
      () => [[`UPDATE request_particulars SET commitment = repeat('0', 64), salt = ''`]],
    ],
    [
      'I9',
      'another actor in history than in the audit',
      () => [
        [
          `UPDATE history SET actor = (SELECT actor FROM history WHERE aggregate_id = $1 AND version = 2) WHERE aggregate_id = $1 AND version = 1`,
          effective.request.id,
        ],
      ],
    ],
    [
      'I9',
      'a receipt that tells its requester an internal code',
      () => [
        [
          `UPDATE receipts SET receipt = 'e30.' || translate(encode(convert_to(json_build_object('about', aggregate, 'sub', aggregate_id,
             'version', version, 'decision', decision, 'reasonCode', 'volume-implausible')::text, 'UTF8'), 'base64'), E'+/=\\n', '-_') || '.x'
           WHERE aggregate_id = $1`,
          revoked.exemption.id,
        ],
      ],
    ],
    [
      'I9',
      'a receipt of another decision',
      () => [[`UPDATE receipts SET decision = 'denied' WHERE aggregate_id = $1`, revoked.request.id]],
    ],
    ['I9', 'a receipt that cannot be read', () => [[`UPDATE receipts SET receipt = 'x'`]]],
    ['I9', 'a person under another id', () => [[`UPDATE people SET object_id = object_id || 'x'`]]],
    ['I15', 'words of somebody of whom nothing else is kept', () => [['DELETE FROM people']]],
    [
      'I15',
      'words of who was erased',
      () => [
        [
          `UPDATE exemption_requests SET filed_by = jsonb_set(filed_by, '{objectId}', '"erased-1"') WHERE id = $1`,
          effective.request.id,
        ],
      ],
    ],
    [
      'I16',
      'an owner’s word that was kept a second time',
      () => [
        ['DROP INDEX machine_evidence_said_once'],
        [
          `INSERT INTO machine_evidence (subscription_id, tenant_id, vm_id, kind, fact, at, source, fence)
           SELECT subscription_id, tenant_id, 'mx1', 'owner-said', 'said-cycled', now() + step * interval '1 second', 'said', 1
           FROM exemptions, generate_series(1, 2) AS step WHERE id = $1`,
          effective.exemption.id,
        ],
      ],
    ],
    [
      'I10',
      'two effects of one order at once',
      () => [[`UPDATE effects SET state = 'dispatched', order_key = 'gate_one'`]],
    ],
    ['I13', 'work that nobody does', () => [['DELETE FROM effects']]],
    [
      'I13',
      'a start that is owed after the end of a right, and that nobody looks after',
      () => [
        [
          `UPDATE restarts SET exemption_id = $1, state = 'failed', blocker = '{}' WHERE id = $2`,
          revoked.exemption.id,
          restartId,
        ],
        [`DELETE FROM effects WHERE singleton_key = $1`, `conduct_${revoked.exemption.id}`],
      ],
    ],
    [
      'I13',
      'a mail that waits for a digest of which nobody knows',
      () => [
        [`UPDATE request_particulars SET contact_hash = 'a hash'`],
        [
          `INSERT INTO held_mails (request_id, sequence, tenant_id, held_at) SELECT request_id, 1, tenant_id, now() FROM request_particulars`,
        ],
      ],
    ],
    [
      'I13',
      'an effect that a wrong clock put off',
      () => [[`UPDATE effects SET state = 'pending', due_at = now() + interval '30 days'`]],
    ],
    [
      'I13',
      'checks that end in a month',
      () => [[`UPDATE exemption_requests SET due_at = now() + interval '30 days' WHERE state = 'checking'`]],
    ],
    [
      'I13',
      'a change that is not yet',
      () => [[`UPDATE history SET at = now() + interval '30 days' WHERE aggregate_id = $1`, restartId]],
    ],
    [
      'I18',
      'a machine that was stopped a day ago and not started since',
      () => [
        [
          `INSERT INTO power_operations (id, restart_id, subscription_id, tenant_id, vm_id, kind, state, intended_at, polls, attempt)
           SELECT gen_random_uuid(), id, subscription_id, tenant_id, vm_id, 'deallocate', 'succeeded', now() - interval '1 day', 0, 1
           FROM restarts WHERE id = $1`,
          restartId,
        ],
      ],
    ],
    [
      'I13',
      'a question without an end',
      () => [
        [
          `UPDATE exemption_requests SET state = 'awaiting-information', due_at = NULL WHERE state = 'checking'`,
        ],
      ],
    ],
  ];

  it.each(cases)('%s sees %s', async (id, _what, bend) => {
    const found = await foundAfter(...bend());
    expect(found.filter((sentence) => sentence.startsWith(`${id} `))).not.toEqual([]);
  });
});
