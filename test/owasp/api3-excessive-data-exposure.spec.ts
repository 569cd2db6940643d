import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { personas, tenants } from '../../launch/development-token.js';
import { allRoutes } from '../../src/http/routes.js';
import type { HttpAnswer } from '../support/http-client.js';
import { isInSight } from '../support/object-matrix.js';
import { askRaw } from '../support/raw-answer.js';
import { internalCode, RequesterStory } from '../support/requester-story.js';
import {
  others,
  startTenancyWorld,
  type MatrixCaller,
  type MatrixCase,
  type TenancyWorld,
} from '../support/tenancy-world.js';

/** Fields that are staff's, or nobody's. */
const insideOnly = new Set([
  ...[
    'finding',
    'findings',
    'weight',
    'weights',
    'verdict',
    'couldNotLook',
    'related',
    'needsSecondApproval',
  ],
  ...[
    'note',
    'notes',
    'internalReason',
    'claim',
    'assignee',
    'firstApproval',
    'round',
    'clock',
    'particulars',
  ],
  ...[
    'filedBy',
    'decidedBy',
    'grantedBy',
    'suspendedBy',
    'revokedBy',
    'reinstatedBy',
    'recordedBy',
    'judgedBy',
  ],
  ...[
    'actor',
    'objectId',
    'salt',
    'hash',
    'contactHash',
    'commitment',
    'operationUrl',
    'nonce',
    'violationId',
  ],
  ...[
    'humanNeededSince',
    'humanNeededFor',
    'machineHistory',
    'theirFence',
    'lastLookedAt',
    'logReadAt',
    'logProblem',
    'lease',
    'epoch',
    'lastError',
    'subject',
    'texts',
  ],
]);
const readable = allRoutes.filter(
  ({ method, path, answer }) => method === 'GET' && !path.includes('/admin/') && answer !== null,
);

let world: TenancyWorld;
let secrets: readonly string[];
const planted: string[] = [];
const inside = (as: string) => {
  const text = `${as} ${randomUUID()}`;
  planted.push(text);
  return text;
};
const operationUrl = `https://management.example/operations/${randomUUID()}?sig=${randomUUID()}`;

beforeAll(async () => {
  world = await startTenancyWorld();
  await asOwner(
    `INSERT INTO power_operations (id, restart_id, subscription_id, tenant_id, vm_id, kind, state, operation_url, intended_at, sent_at, polls, attempt)
     SELECT gen_random_uuid(), id, subscription_id, tenant_id, vm_id, 'start', 'sent', $1, now(), now(), 0, 1 FROM restarts`,
    [operationUrl],
  );
});
afterAll(() => world.api.close());

async function asOwner(
  sql: string,
  parameters: readonly string[] = [],
): Promise<readonly Record<string, string | null>[]> {
  const owner = new pg.Client({ connectionString: world.api.database.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query<Record<string, string | null>>(sql, [...parameters]);
  await owner.end();
  return rows;
}

/** Salts, commitments and keyed hashes, in every spelling that an answer could hold. */
async function secretsOfTheStore(): Promise<readonly string[]> {
  const salts = ['people', 'request_particulars', 'erasable_texts'].map(
    (table) =>
      `SELECT encode(salt, 'hex') AS a, rtrim(encode(salt, 'base64'), '=') AS b FROM ${table} WHERE salt IS NOT NULL`,
  );
  const digests = `SELECT commitment AS a, contact_hash AS b FROM request_particulars UNION ALL SELECT commitment, NULL FROM people`;
  const rows = await asOwner([...salts, digests].join(' UNION ALL '));
  return rows.flatMap((row) => Object.values(row)).filter((value) => value !== null);
}

/** Tenants that a requester has no business with; it may learn who filed what it sees, and whose it is. */
function strangersTo(who: MatrixCaller): readonly string[] {
  const seen = world.cases.filter((one) => isInSight(who, 'filed', one, world));
  const known = new Set([who.tenantId, ...seen.flatMap(({ tenantId, filedBy }) => [tenantId, filedBy])]);
  return [...Object.values(tenants), ...Object.values(others)].filter((tenantId) => !known.has(tenantId));
}

/** An answer with what its signed receipts say. */
function spelledOut(text: string): string {
  const receipts = text.match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g) ?? [];
  return [
    text,
    ...receipts.flatMap((jws) => jws.split('.').map((part) => Buffer.from(part, 'base64url').toString())),
  ].join('\n');
}

function fieldsOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(fieldsOf);
  return Array.isArray(value) ? inner : [...Object.keys(value), ...inner];
}

/** What in an answer is not for whoever got it. */
function leaksIn(who: MatrixCaller, where: string, text: string): readonly string[] {
  const fields = /^[[{]/.test(text)
    ? fieldsOf(JSON.parse(text)).filter((field) => insideOnly.has(field))
    : [];
  const people = [
    ...world.callers.map(({ objectId }) => objectId),
    ...Object.values(personas).map(({ oid }) => oid),
  ];
  const words = [
    ...planted,
    ...secrets,
    ...strangersTo(who),
    ...people,
    operationUrl,
    'sig=',
    internalCode,
  ].filter((word) => word !== '');
  const whole = spelledOut(text).toLowerCase();
  const told = words.filter((word) => whole.includes(word.toLowerCase()));
  return [...new Set([...fields, ...told])].map((leak) => `${who.name}, ${where}: ${leak}`);
}

type Ids = Pick<MatrixCase, 'subscriptionId' | 'requestId' | 'exemptionId'>;

/** All that a requester can read of something, and of everything else. */
async function readings(who: MatrixCaller, ids: Ids): Promise<readonly string[]> {
  secrets = await secretsOfTheStore();
  const found: string[] = [];
  for (const { path } of readable) {
    const id = path.startsWith('/v1/exemptions/') ? ids.exemptionId : ids.requestId;
    const target = path.replace(':subscriptionId', ids.subscriptionId).replace(':id', id);
    const { status, text } = await askRaw(world.api.url, who.client.token, { method: 'GET', path: target });
    if (status !== 200 && !(status === 403 && path === '/v1/portfolio'))
      throw new Error(`${target} answered ${status}`);
    found.push(...leaksIn(who, target, text));
  }
  return found;
}

async function told(who: MatrixCaller, requestId: string): Promise<string> {
  const stream = await who.client.events(`/v1/exemption-requests/${requestId}/events`);
  const lines: object[] = [];
  for (let event = await stream.next(); event !== null; event = await stream.next()) lines.push(event);
  return JSON.stringify(lines);
}

describe('API3:2023 what a requester is answered', () => {
  const all = ['its customer', 'the partner that filed'].map((name, at) => [name, at] as const);

  it.each(all)(
    '%s: at no step of a whole story holds what is staff’s, a secret, or somebody else’s',
    async (name, at) => {
      const filer = world.callers.find((caller) => caller.name === name) as MatrixCaller;
      const one = world.cases[at] as MatrixCase;
      const customer = world.callers[0] as MatrixCaller;
      const found: string[] = [];
      const look = async (ids: Ids) => {
        for (const who of new Set([filer, customer])) found.push(...(await readings(who, ids)));
      };
      const story = new RequesterStory(world, filer, inside, look);
      const answers: readonly HttpAnswer[] = [
        ...(await story.denied(one.exemptionId)),
        ...(await story.revoked(one)),
      ];
      for (const { body } of answers) found.push(...leaksIn(filer, 'an act', JSON.stringify(body)));
      expect(answers.map(({ status }) => status)).toEqual([201, 200, 409, 422, 409]);
      expect(planted.length).toBeGreaterThanOrEqual(8);
      for (const who of new Set([filer, customer])) {
        const request = answers[0]?.body.id as string;
        found.push(...leaksIn(who, 'the stream of its events', await told(who, request)));
      }
      expect([...new Set(found)]).toEqual([]);
    },
  );

  it('would not hold it by luck: staff reads the same words where they are for staff', async () => {
    const reviewer = world.callers.find((caller) => caller.name === 'a Reviewer') as MatrixCaller;
    const [one] = world.cases as [MatrixCase];
    const { text } = await askRaw(world.api.url, reviewer.client.token, {
      method: 'GET',
      path: `/v1/admin/exemptions/${one.exemptionId}`,
    });
    expect(leaksIn(reviewer, 'their page', text).length).toBeGreaterThan(5);
  });
});
