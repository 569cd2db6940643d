import type { JWTPayload } from 'jose';
import { mayDo } from '../../domain/access/permissions.js';
import {
  audience,
  entraAppClaims,
  entraClaims,
  issuerTemplate,
  now,
  somebody,
} from './entra-tokens.examples.js';
import {
  partnerTenant,
  platform,
  startVerifier,
  stranger,
  tenant,
  type ExampleVerifier,
} from './verifier.examples.js';

const unknownKey = 'token-invalid: ERR_JWKS_NO_MATCHING_KEY';

let example: ExampleVerifier;
beforeAll(async () => {
  example = await startVerifier();
});
afterAll(() => example.server.close());

describe('a token that holds', () => {
  it('names its caller by tenant and person, with the roles that are known', async () => {
    const { caller } = await example.verified(
      entraClaims(tenant, { roles: ['Requester', 'GlobalAdmin', 7] }),
    );
    expect(caller).toEqual({
      kind: 'caller',
      tenantKind: 'customer',
      tenantId: tenant,
      objectId: somebody,
      roles: ['Requester'],
      appOnly: false,
    });
  });

  it('is looked at without regard to the case of its ids', async () => {
    const iss = issuerTemplate.replace('{tid}', tenant);
    const { caller } = await example.verified(
      entraClaims(tenant.toUpperCase(), { oid: somebody.toUpperCase(), iss }),
    );
    expect([caller.tenantId, caller.objectId]).toEqual([tenant, somebody]);
  });

  it('comes from a partner, or from the platform’s own tenant, which needs no registration', async () => {
    expect((await example.verified(entraClaims(partnerTenant), example.other)).caller.tenantKind).toBe(
      'partner',
    );
    expect((await example.verified(entraClaims(platform))).caller.tenantKind).toBe('platform');
  });

  it('is an application’s where idtyp says so, and a person’s where there are scopes', async () => {
    expect((await example.verified(entraAppClaims(platform))).caller.appOnly).toBe(true);
    expect((await example.verified(entraClaims(platform, { idtyp: 'user' }))).caller.appOnly).toBe(false);
  });

  it('may be 60 seconds late or early, and no more (F13)', async () => {
    expect(await example.refusalOf(entraClaims(tenant, { exp: now() - 50, iat: now() - 100 }))).toBe(
      'accepted',
    );
    expect(await example.refusalOf(entraClaims(tenant, { exp: now() - 70, iat: now() - 100 }))).toBe(
      'token-expired: expired',
    );
    expect(await example.refusalOf(entraClaims(tenant, { nbf: now() + 50, iat: now() + 50 }))).toBe(
      'accepted',
    );
    expect(await example.refusalOf(entraClaims(tenant, { nbf: now() + 70 }))).toBe(
      'token-invalid: claim-nbf',
    );
  });

  it('may be of the type that RFC 9068 gives access tokens', async () => {
    expect(await example.refusalOf(entraClaims(tenant), example.known, { typ: 'at+jwt' })).toBe('accepted');
    expect(await example.refusalOf(entraClaims(tenant), example.known, { typ: undefined })).toBe('accepted');
  });
});

describe('a claim that does not hold', () => {
  it.each<[what: string, differs: JWTPayload, reason: string]>([
    ['another audience', { aud: '00000000-0000-4000-8000-0000000000ff' }, 'another-audience'],
    ['several audiences, ours among them', { aud: [audience, 'api://else'] }, 'another-audience'],
    ['a list of our audience alone', { aud: [audience] }, 'another-audience'],
    ['our audience with a slash', { aud: `${audience}/` }, 'another-audience'],
    ['no audience', { aud: undefined }, 'another-audience'],
    ['the issuer of another tenant', { iss: issuerTemplate.replace('{tid}', partnerTenant) }, 'claim-iss'],
    ['the issuer of all tenants', { iss: issuerTemplate.replace('{tid}', 'common') }, 'claim-iss'],
    ['an issuer of version 1.0', { iss: `https://sts.windows.net/${tenant}/` }, 'claim-iss'],
    ['an issuer with a slash', { iss: `${issuerTemplate.replace('{tid}', tenant)}/` }, 'claim-iss'],
    ['no issuer', { iss: undefined }, 'claim-iss'],
    ['no expiry', { exp: undefined }, 'claim-exp'],
    ['an expiry beyond all times', { exp: 1e308 }, 'odd-times'],
    ['a life of a week', { exp: now() + 7 * 86_400 }, 'odd-times'],
    ['no time of issue', { iat: undefined }, 'odd-times'],
    ['an issue that is yet to come', { iat: now() + 600 }, 'odd-times'],
    ['an issue after its end', { iat: now() + 30, exp: now() + 20 }, 'odd-times'],
    ['nobody', { oid: undefined }, 'claim-oid'],
    ['a person who is no UUID', { oid: 'admin' }, 'no-person'],
    ['two persons', { oid: [somebody, somebody] as unknown }, 'no-person'],
    ['neither scopes nor idtyp: an identity token', { scp: undefined }, 'neither-person-nor-application'],
    ['empty scopes', { scp: ' ' }, 'neither-person-nor-application'],
    ['scopes and an application', { idtyp: 'app' }, 'neither-person-nor-application'],
    ['a device', { idtyp: 'device' }, 'neither-person-nor-application'],
  ])('%s', async (_what, differs, reason) => {
    expect(await example.refusalOf(entraClaims(tenant, differs))).toBe(`token-invalid: ${reason}`);
  });

  it('by its tenant: none, one that is no UUID, or one that nobody registered', async () => {
    expect(await example.refusalOf(entraClaims(tenant, { tid: undefined }))).toBe('token-invalid: no-tenant');
    for (const tid of ['common', `${tenant}/../x`, `${tenant}\n`])
      expect(await example.refusalOf(entraClaims(tenant, { tid }))).toBe('token-invalid: no-tenant');
    expect(await example.refusalOf(entraClaims(stranger))).toBe('token-invalid: tenant-not-registered');
  });

  it('by claims that are told twice: the last one counts, in every look', async () => {
    const twice = `{"tid":"${partnerTenant}",${JSON.stringify(entraClaims(tenant)).slice(1)}`;
    const { caller } = await example.verifier.verify(`Bearer ${await handmade(twice)}`);
    expect(caller.tenantId).toBe(tenant);
    const otherwise = `${JSON.stringify(entraClaims(tenant)).slice(0, -1)},"tid":"${partnerTenant}"}`;
    // The partner’s own set is looked at, which does not have the key.
    expect(await example.refusal(`Bearer ${await handmade(otherwise)}`)).toBe(unknownKey);
  });

  it.each<[what: string, roles: unknown]>([
    ['a word', 'Approver'],
    ['an object', { Approver: true, length: 1, 0: 'Approver' }],
    ['lists in a list', [['Approver']]],
    ['in another case', ['approver', 'APPROVER']],
    ['nothing', undefined],
  ])('by its roles, which are %s: then there are none', async (_what, roles) => {
    const { caller } = await example.verified(entraClaims(platform, { roles }));
    expect(caller.roles).toEqual([]);
    expect(mayDo(caller, 'requests:decide')).toBe(false);
  });

  /** Signed as it is, whatever the payload says. */
  async function handmade(payload: string): Promise<string> {
    const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'known' })).toString('base64url');
    const body = `${head}.${Buffer.from(payload).toString('base64url')}`;
    const signature = await crypto.subtle.sign(
      'RSASSA-PKCS1-v1_5',
      example.known.privateKey,
      Buffer.from(body),
    );
    return `${body}.${Buffer.from(signature).toString('base64url')}`;
  }
});
