import { roles, type Caller, type Role, type TenantKind } from './actor.js';
import { hasRole, mayDo, permissionsOfRole } from './permissions.js';

const caller = (tenantKind: TenantKind, role: Role, appOnly: boolean): Caller => ({
  kind: 'caller',
  tenantKind,
  tenantId: '0000000a-0000-4000-8000-00000000000a',
  objectId: '0000000c-0000-4000-8000-00000000000c',
  roles: [role],
  appOnly,
});
const kinds: readonly TenantKind[] = ['customer', 'partner', 'platform'];

/** Where each role counts, and for whom. */
const counting: Readonly<Record<Role, readonly string[]>> = {
  Requester: ['customer person', 'customer application', 'partner person', 'partner application'],
  Reviewer: ['platform person'],
  Approver: ['platform person'],
  AbuseAnalyst: ['platform person'],
  Auditor: ['platform person'],
  Operator: ['platform person'],
  Ingest: ['platform application'],
};

describe('where a role counts', () => {
  it.each(roles)('%s', (role) => {
    const seen = kinds.flatMap((kind) =>
      [false, true]
        .filter((appOnly) => hasRole(caller(kind, role, appOnly), role))
        .map((appOnly) => `${kind} ${appOnly ? 'application' : 'person'}`),
    );
    expect(seen).toEqual(counting[role]);
  });

  it('is where its permissions are had, and nowhere else', () => {
    for (const role of roles)
      for (const kind of kinds)
        for (const appOnly of [false, true]) {
          const somebody = caller(kind, role, appOnly);
          for (const permission of permissionsOfRole[role])
            expect(mayDo(somebody, permission)).toBe(hasRole(somebody, role));
        }
  });

  it('makes every decision a person’s: no application approves, denies, suspends, reinstates or revokes', () => {
    const decisions = [
      'requests:decide',
      'requests:claim',
      'claims:take-over',
      'exemptions:suspend',
      'exemptions:reinstate',
      'exemptions:revoke',
      'restarts:steer',
      'violations:judge',
      'gates:adopt',
      'tenants:register',
    ] as const;
    for (const kind of kinds)
      for (const permission of decisions) {
        const application = { ...caller(kind, 'Requester', true), roles };
        expect(mayDo(application, permission)).toBe(false);
      }
  });
});
