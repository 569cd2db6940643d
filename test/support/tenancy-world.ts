import { randomUUID } from 'node:crypto';
import { personas, tenants, type Persona } from '../../launch/development-token.js';
import type { Role, TenantKind } from '../../src/domain/access/actor.js';
import { startTestApi, type TestApi } from './api.js';
import type { HttpClient } from './http-client.js';
import { Desk } from './tenancy-desk.js';

/** Somebody who calls, and what the rule of the matrix needs to know of them. */
export interface MatrixCaller {
  readonly name: string;
  readonly kind: TenantKind | 'anonymous';
  readonly tenantId: string;
  readonly objectId: string;
  readonly roles: readonly Role[];
  readonly appOnly: boolean;
  readonly client: HttpClient;
}

/** One subscription with its request, what was granted and all that hangs on it; everything has an id. */
export interface MatrixCase {
  readonly name: string;
  readonly tenantId: string;
  /** The tenant that filed. */
  readonly filedBy: string;
  readonly subscriptionId: string;
  readonly requestId: string;
  readonly exemptionId: string;
  readonly vmId: string;
  readonly violationId: string;
}

export interface TenancyWorld {
  readonly api: TestApi;
  readonly callers: readonly MatrixCaller[];
  readonly cases: readonly MatrixCase[];
  /** Things of nobody's tenant. */
  readonly effectId: string;
  readonly auditEntryId: string;
  /** Whether a partner may act for a customer now. */
  readonly related: (partnerTenantId: string, customerTenantId: string) => boolean;
}

/** Tenants beside those of the personas. */
export const others = {
  sibling: randomUUID(),
  linked: randomUUID(),
  unlinked: randomUUID(),
  former: randomUUID(),
  lapsed: randomUUID(),
  early: randomUUID(),
  stale: randomUUID(),
} as const;

const begin = { validFrom: '2020-01-01T00:00:00Z' };
const platformRoles: readonly Role[] = [
  'Reviewer',
  'Approver',
  'AbuseAnalyst',
  'Auditor',
  'Operator',
  'Ingest',
];

/** Two customers, seven partners (each related to the first customer in another way), and a case of every kind of filer. */
export async function startTenancyWorld(): Promise<TenancyWorld> {
  const api = await startTestApi();
  const operator = await api.as('operator');
  const partnerTenants = [
    others.linked,
    others.unlinked,
    others.former,
    others.lapsed,
    others.early,
    others.stale,
  ];
  await registered(operator, others.sibling, 'customer');
  for (const tenantId of partnerTenants) await registered(operator, tenantId, 'partner');
  for (const tenantId of [others.linked, others.former, others.lapsed, others.stale])
    await relate(operator, tenantId, { status: 'active', ...begin });
  const callers = await everyCaller(api);
  const of = (name: string) => callers.find((caller) => caller.name === name) as MatrixCaller;
  const cases: MatrixCase[] = [];
  const desk = new Desk(api);
  cases.push(await desk.aCase('filed by its customer', of('its customer')));
  cases.push(await desk.aCase('filed by a partner', of('the partner that filed')));
  cases.push(await desk.aCase('filed by a former partner', of('a partner whose relationship was ended')));
  cases.push(await desk.aCase('filed by a lapsed partner', of('a partner whose relationship ran out')));
  cases.push(
    await desk.aCase(
      'filed by a partner that was forgotten',
      of('a partner whose relationship nobody confirmed since'),
    ),
  );
  cases.push(await desk.aCase('of another customer', of('another customer')));
  await relate(operator, others.former, { status: 'terminated', ...begin });
  await relate(operator, others.lapsed, { status: 'active', ...begin, validTo: '2021-01-01T00:00:00Z' });
  await relate(operator, others.early, { status: 'active', validFrom: '2099-01-01T00:00:00Z' });
  await relate(await api.as('ingest'), others.stale, { status: 'active', ...begin });
  await desk.forget(others.stale);
  const auditor = await api.as('auditor');
  const entries = (await auditor.get('/v1/admin/audit/entries?limit=1')).body.items;
  const effects = (await operator.get('/v1/admin/effects?limit=1')).body.items;
  const active: readonly string[] = [tenants.partner, others.linked];
  return {
    api,
    callers,
    cases,
    effectId: effects[0].id as string,
    auditEntryId: entries[0].id as string,
    related: (partner, customer) => active.includes(partner) && customer === tenants.customer,
  };
}

async function registered(operator: HttpClient, tenantId: string, kind: string): Promise<void> {
  const name = `${kind} ${tenantId.slice(0, 4)}`;
  const { status } = await operator.put(`/v1/admin/tenants/${tenantId}`, { kind, name });
  if (status !== 201) throw new Error(`registering answered ${status}`);
}

async function relate(operator: HttpClient, partner: string, body: object): Promise<void> {
  const path = `/v1/admin/partner-relationships/${partner}/${tenants.customer}`;
  const { status } = await operator.put(path, body);
  if (status >= 300) throw new Error(`relating answered ${status}`);
}

async function everyCaller(api: TestApi): Promise<readonly MatrixCaller[]> {
  const requester = async (name: string, kind: 'customer' | 'partner', tenantId: string) => {
    const isPersona = tenantId === tenants[kind];
    const objectId = isPersona ? personas[kind].oid : randomUUID();
    const roles = ['Requester'] as const;
    const client = await api.as(kind, { tenant: tenantId, oid: objectId });
    return { name, kind, tenantId, objectId, roles, appOnly: false, client };
  };
  const staff = async (name: string, persona: Persona) => {
    const { oid: objectId, roles } = personas[persona];
    const common = { kind: 'platform', tenantId: tenants.platform, appOnly: persona === 'ingest' } as const;
    return { name, objectId, roles: roles as readonly Role[], ...common, client: await api.as(persona) };
  };
  const impostor = async (name: string, persona: 'reviewer' | 'ingest', tenantId: string) => {
    const objectId = randomUUID();
    const client = await api.as(persona, { tenant: tenantId, oid: objectId, roles: platformRoles });
    const appOnly = persona === 'ingest';
    return { name, kind: 'customer', tenantId, objectId, roles: platformRoles, appOnly, client } as const;
  };
  return [
    await requester('its customer', 'customer', tenants.customer),
    await requester('another customer', 'customer', others.sibling),
    await requester('the partner that filed', 'partner', tenants.partner),
    await requester('a partner that is related and did not file', 'partner', others.linked),
    await requester('a partner that is not related', 'partner', others.unlinked),
    await requester('a partner whose relationship was ended', 'partner', others.former),
    await requester('a partner whose relationship ran out', 'partner', others.lapsed),
    await requester('a partner whose relationship has not begun', 'partner', others.early),
    await requester('a partner whose relationship nobody confirmed since', 'partner', others.stale),
    await staff('a Reviewer', 'reviewer'),
    await staff('an Approver', 'approver'),
    await staff('an AbuseAnalyst', 'analyst'),
    await staff('an Auditor', 'auditor'),
    await staff('an Operator', 'operator'),
    await staff('the feed', 'ingest'),
    await impostor('a person of a customer who claims every platform role', 'reviewer', tenants.customer),
    await impostor('an application of a customer that claims every platform role', 'ingest', others.sibling),
    {
      name: 'nobody',
      kind: 'anonymous',
      tenantId: '',
      objectId: '',
      roles: [],
      appOnly: false,
      client: api.nobody,
    },
  ];
}
