import type { Json } from './openapi-schemas.js';

const at = '2026-03-01T12:00:00.000Z';
const uuid = '0c000000-0000-4000-8000-000000000002';
const requestPath = `/v1/exemption-requests/${uuid}`;
const exemptionPath = '/v1/exemptions/0c000000-0000-4000-8000-000000000005';
const subscriptionPath = '/v1/subscriptions/0c000000-0000-4000-8000-000000000001';
const tenant = '00000000-0000-4000-8000-000000000003';

/** Values as they may be answered, by field name or `Schema.field`. */
const values: Readonly<Record<string, unknown>> = {
  subscriptionId: '0c000000-0000-4000-8000-000000000001',
  tenantId: tenant,
  customerTenantId: tenant,
  partnerTenantId: null,
  'PartnerRelationship.partnerTenantId': '00000000-0000-4000-8000-000000000002',
  objectId: '00000000-0000-4000-8000-0000000000a3',
  kind: 'customer',
  name: 'mx1',
  'ActorRef.name': null,
  state: 'reviewing',
  'Exemption.state': 'enabling',
  'AdminExemption.state': 'enabling',
  'ExemptionReview.state': 'enabling',
  'VirtualMachine.state': 'waiting',
  'Violation.state': 'alleged',
  'Effect.state': 'dead',
  'Subscription.state': 'Enabled',
  'SubscriptionFacts.state': 'Enabled',
  status: 'in-review',
  'PartnerRelationship.status': 'active',
  'Problem.status': 400,
  pack: 'P3',
  classification: 'technical/virtual-network/connectivity/cannot-send-email',
  decision: null,
  question: null,
  suspension: null,
  revocation: null,
  endedAt: null,
  effectiveAt: null,
  expiresOn: null,
  conditions: null,
  problem: null,
  stillOpen: null,
  suspendedBy: null,
  firstReinstatement: null,
  movedAt: null,
  revokedBy: null,
  violationId: null,
  theirFence: null,
  position: 'open',
  fence: 1,
  appliesTo: 'next-start',
  mode: 'managed',
  window: null,
  maxUnavailable: '25%',
  canary: true,
  total: 3,
  finished: 3,
  restarted: 1,
  waiting: 2,
  resting: 0,
  blocked: 0,
  failed: 0,
  skipped: 0,
  absent: 0,
  elsewhere: null,
  gone: 0,
  'gate.state': 'ordered',
  firstApproval: null,
  decidedBy: null,
  claim: null,
  humanNeededSince: null,
  humanNeededFor: null,
  'ExemptionRequest.exemption': null,
  'QueueItem.exemption': null,
  'RequestReview.exemption': null,
  'links.self': requestPath,
  'links.history': `${requestPath}/history`,
  'links.events': `${requestPath}/events`,
  'links.request': requestPath,
  'links.subscription': subscriptionPath,
  'links.exemption': exemptionPath,
  'links.liveRequest': requestPath,
  'links.virtualMachines': `${exemptionPath}/virtual-machines`,
  'links.restartPlan': `${exemptionPath}/restart-plan`,
  code: 'relay-sufficient',
  message: 'An authenticated relay on port 587 does what is described.',
  nextStep: 'Send through an authenticated relay.',
  'HistoryRow.event': 'submitted',
  'HistoryRow.by': 'you',
  'HistoryRow.message': 'You filed the request. Checks are running.',
  'Blocker.code': 'owner-restarts',
  'Blocker.message': 'The machine takes the gate over when it is stopped (deallocated) and started.',
  vmId: '6c1f2f0a-5a4e-4a3e-9d0e-1f6f1c1b2a3d',
  resourceId:
    '/subscriptions/0c000000-0000-4000-8000-000000000001/resourceGroups/mail/providers/Microsoft.Compute/virtualMachines/mx1',
  direction: 'enable',
  powerState: 'running',
  rank: 'proof',
  source: 'https://learn.microsoft.com/azure/virtual-network/troubleshoot-outbound-smtp-connectivity',
  outcome: 'eligible',
  'Finding.outcome': 'clear',
  check: 'young-subscription',
  rule: 'offer-is-exemptible',
  nextSteps: ['File a request.'],
  requester: 'customer',
  verdict: 'clear',
  text: 'Called the contact; the volume is for a newsletter with opt-in.',
  displayName: 'Production',
  quotaId: 'PayAsYouGo_2014-09-01',
  offerId: 'MS-AZR-0003P',
  agreementType: null,
  accountType: null,
  spendingLimit: 'Off',
  paidInvoicesUsd: 5200,
  port25: 'restart-pending',
  type: 'run-fraud-check',
  subject: { requestId: uuid, check: 'young-subscription' },
  lastError: 'StoreUnavailable',
  attempts: 3,
  dailyVolume: 4000,
  index: 0,
  etag: '"1"',
  'BatchResult.location': requestPath,
  previewUnavailable: null,
  'RestartPreview.kind': 'availability-set',
  'RestartPreview.name': 'mail',
  'RestartPreview.machines': 2,
  'RestartPreview.running': 2,
  waves: 2,
  minutes: 8,
  'AffectedMachines.message':
    'mx1 loses its address 203.0.113.7: ask for a static one first, or update reverse DNS and SPF afterwards.',
  'RestartPreview.message':
    'About 8 minutes for 2 machines in 2 waves (one machine first, then at most 1 at once), if stopping and starting one takes 4 minutes.',
  'PreviewNote.code': 'temporary-disks-unknown',
  'PreviewNote.message':
    'Of one machine it is not known whether there is a temporary disk to lose: look at the size before.',
};

type Schemas = Readonly<Record<string, Json>>;

/** An answer as it may look, made from its schema; it fits the schema, which a test checks. */
export function exampleOf(schema: Json, schemas: Schemas, owner = '', name = ''): unknown {
  if (typeof schema['$ref'] === 'string') {
    const ref = schema['$ref'].split('/').at(-1) ?? '';
    return Object.hasOwn(values, `${owner}.${name}`)
      ? values[`${owner}.${name}`]
      : exampleOf(schemas[ref] ?? {}, schemas, ref);
  }
  for (const key of [`${owner}.${name}`, name])
    if (Object.hasOwn(values, key) && fits(schema, values[key])) return values[key];
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  const [first] = ((schema['anyOf'] ?? schema['oneOf'] ?? []) as Json[]).filter(
    ({ type }) => type !== 'null',
  );
  if (first !== undefined) return exampleOf(first, schemas, owner, name);
  return plainExample(schema, schemas, owner, name);
}

function plainExample(schema: Json, schemas: Schemas, owner: string, name: string): unknown {
  const type: unknown = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  if (type === 'array') return [exampleOf((schema['items'] ?? {}) as Json, schemas, owner, name)];
  if (type === 'object') {
    // Fields of a part are looked up under the part's own name, those of a component under the component's.
    const within = name === 'links' || name === 'gate' ? name : owner;
    const fields = Object.entries((schema['properties'] ?? {}) as Schemas);
    return Object.fromEntries(
      fields.map(([field, part]) => [field, exampleOf(part, schemas, within, field)]),
    );
  }
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return false;
  if (type === 'null' || type === undefined) return null;
  return schema['format'] === 'uuid' ? uuid : schema['format'] === 'date-time' ? at : '…';
}

/** Whether a value of the table can stand here at all: names are shared by fields of different types. */
function fits(schema: Json, value: unknown): boolean {
  const parts = (schema['anyOf'] ?? schema['oneOf']) as Json[] | undefined;
  if (parts !== undefined) return parts.some((part) => fits(part, value));
  if ('$ref' in schema) return false;
  const types: readonly unknown[] = Array.isArray(schema['type']) ? schema['type'] : [schema['type']];
  const format = schema['format'];
  if (value === null) return types.includes('null');
  if (Array.isArray(value)) return types.includes('array');
  if (typeof value === 'number') return types.includes('integer') || types.includes('number');
  if (typeof value !== 'string') return types.includes(typeof value);
  const isUuid = /^[0-9a-f-]{36}$/.test(value);
  return types.includes('string') && (format === undefined || (format === 'uuid' && isUuid));
}
