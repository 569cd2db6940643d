import { randomUUID } from 'node:crypto';
import { tenants } from '../../launch/development-token.js';
import { mayDo } from '../../src/domain/access/permissions.js';
import type { AnyRoute } from '../../src/http/route.js';
import type { MatrixCaller, MatrixCase, TenancyWorld } from './tenancy-world.js';

/** Whose a thing is: a customer's, filed by somebody for it, or the platform's own. */
type Belongs = 'subscription' | 'filed' | 'platform';

interface Named {
  readonly belongs: Belongs;
  /** The path's parameters for a case. */
  readonly present: (one: MatrixCase, world: TenancyWorld) => Readonly<Record<string, string>>;
  /** What is said of a thing that there is not, to who may ask: 404, but for routes that make it, or know all there are. */
  readonly absent: 404 | 400;
}

const absentIds: Readonly<Record<string, string>> = {
  id: randomUUID(),
  subscriptionId: randomUUID(),
  vmId: randomUUID(),
  entryId: randomUUID(),
  tenantId: randomUUID(),
  partnerTenantId: randomUUID(),
  customerTenantId: randomUUID(),
  pack: 'PX', // as long as those that there are: lengths tell answers apart
};

/** What every path with an id names, by the path up to its first id. */
const named: Readonly<Record<string, Named>> = {
  '/v1/subscriptions': thing('subscription', ({ subscriptionId }) => ({ subscriptionId })),
  '/v1/exemption-requests': thing('filed', ({ requestId }) => ({ id: requestId })),
  '/v1/exemptions': thing('filed', ({ exemptionId, vmId }) => ({ id: exemptionId, vmId })),
  '/v1/admin/exemption-requests': thing('platform', ({ requestId }) => ({ id: requestId })),
  '/v1/admin/exemptions': thing('platform', ({ exemptionId, vmId }) => ({ id: exemptionId, vmId })),
  '/v1/admin/gates': thing('platform', ({ subscriptionId }) => ({ subscriptionId })),
  '/v1/admin/violations': thing('platform', ({ violationId }) => ({ id: violationId })),
  '/v1/admin/effects': thing('platform', (_one, { effectId }) => ({ id: effectId })),
  '/v1/admin/audit/proofs': thing('platform', (_one, { auditEntryId }) => ({ entryId: auditEntryId })),
  '/v1/admin/people': thing('platform', ({ filedBy }, { callers }) => ({
    id: callers.find(({ tenantId }) => tenantId === filedBy)?.objectId ?? '',
  })),
  '/v1/admin/policy-packs': thing('platform', () => ({ pack: 'P3' }), 400),
  '/v1/admin/subscriptions': thing('platform', ({ subscriptionId }) => ({ subscriptionId }), 400),
  '/v1/admin/tenants': thing('platform', ({ tenantId }) => ({ tenantId }), 400),
  '/v1/admin/partner-relationships': thing(
    'platform',
    ({ tenantId }) => ({ partnerTenantId: tenants.partner, customerTenantId: tenantId }),
    400,
  ),
};

function thing(belongs: Belongs, present: Named['present'], absent: Named['absent'] = 404): Named {
  return { belongs, present, absent };
}

/** What a route with an id names. Throws for one that nobody told the matrix of. */
export function namedBy({ path }: Pick<AnyRoute, 'path'>): Named {
  const found = named[path.slice(0, path.indexOf('/:'))];
  if (found === undefined) throw new Error(`the matrix does not know what ${path} names: say it here`);
  return found;
}

/** The path with the ids of a case; null gives ids of things that there are not. */
export function pathFor(route: AnyRoute, one: MatrixCase | null, world: TenancyWorld): string {
  const ids = one === null ? absentIds : { ...absentIds, ...namedBy(route).present(one, world) };
  return route.path.replace(/:([A-Za-z]+)/g, (_, name: string) => ids[name] ?? '');
}

/** THE rule (I12): who sees what. A partner sees its customers' subscriptions, and of what was filed only its own. */
export function isInSight(
  caller: MatrixCaller,
  belongs: Belongs,
  one: Pick<MatrixCase, 'tenantId' | 'filedBy'>,
  { related }: Pick<TenancyWorld, 'related'>,
): boolean {
  if (caller.kind === 'platform') return true;
  if (belongs === 'platform') return false;
  if (caller.kind === 'customer') return caller.tenantId === one.tenantId;
  const isOwn = belongs === 'subscription' || caller.tenantId === one.filedBy;
  return isOwn && related(caller.tenantId, one.tenantId);
}

/** What stands in the way, in the order of the contract: 401, 403, 404; null where nothing does. */
export function refusalOf(
  caller: MatrixCaller,
  route: AnyRoute,
  one: MatrixCase | null,
  world: TenancyWorld,
): 401 | 403 | 404 | 400 | null {
  const { kind } = caller;
  if (kind === 'anonymous') return 401;
  if (!mayDo({ ...caller, kind: 'caller', tenantKind: kind }, route.permission)) return 403;
  const { belongs, absent } = namedBy(route);
  if (one === null) return absent;
  return isInSight(caller, belongs, one, world) ? null : 404;
}
