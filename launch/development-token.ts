import { importJWK, SignJWT } from 'jose';
import { developmentKey } from './development-key.js';

/** Tenants of development: the platform's, and those that `npm start` registers. */
export const tenants = {
  platform: '00000000-0000-4000-8000-000000000001',
  partner: '00000000-0000-4000-8000-000000000002',
  customer: '00000000-0000-4000-8000-000000000003',
} as const;

interface PersonaCard {
  readonly tenant: string;
  readonly oid: string;
  readonly roles: readonly string[];
}

const card = (tenant: string, number: number, role: string): PersonaCard => ({
  tenant,
  oid: `00000000-0000-4000-8000-0000000001${String(number).padStart(2, '0')}`,
  roles: [role],
});

/** The people (and the feed) that scripts may speak for, each with a fixed `oid`. */
export const personas = {
  customer: card(tenants.customer, 1, 'Requester'),
  partner: card(tenants.partner, 2, 'Requester'),
  reviewer: card(tenants.platform, 3, 'Reviewer'),
  reviewer2: card(tenants.platform, 4, 'Reviewer'),
  approver: card(tenants.platform, 5, 'Approver'),
  approver2: card(tenants.platform, 6, 'Approver'),
  analyst: card(tenants.platform, 7, 'AbuseAnalyst'),
  auditor: card(tenants.platform, 8, 'Auditor'),
  operator: card(tenants.platform, 9, 'Operator'),
  ingest: card(tenants.platform, 10, 'Ingest'),
} as const satisfies Readonly<Record<string, PersonaCard>>;

/** The name of a persona. */
export type Persona = keyof typeof personas;

/** What a token shall say other than its persona does. */
export interface TokenOptions {
  readonly dataDir: string;
  readonly tenant?: string;
  readonly oid?: string;
  readonly roles?: readonly string[];
  /** Seconds from now; negative gives an expired token. 3600 when not given. */
  readonly expiresIn?: number;
  /** Whom it is for; the product's TOKEN_AUDIENCE. */
  readonly audience?: string;
  /** Who issued it, `{tid}` standing for the tenant; the product's TOKEN_ISSUER_TEMPLATE. */
  readonly issuerTemplate?: string;
}

const microsoftIssuer = 'https://login.microsoftonline.com/{tid}/v2.0';

/** One signed development token for `persona`. */
export async function developmentToken(persona: Persona, options: TokenOptions): Promise<string> {
  const jwk = await developmentKey(options.dataDir);
  const { tenant, oid, roles } = { ...personas[persona], ...definedOnly(options) };
  const tid = tenant.toLowerCase();
  const now = Math.floor(Date.now() / 1000);
  const expiresIn = options.expiresIn ?? 3600;
  // An expired token was issued before it expired, as real ones are.
  const issuedAt = Math.min(now, now + expiresIn - 60);
  // The feed has no person behind it: Entra ID marks such tokens with idtyp, and gives scopes to persons only.
  const claims = {
    tid,
    oid: oid.toLowerCase(),
    roles,
    ver: '2.0',
    ...(persona === 'ingest' ? { idtyp: 'app' } : { scp: 'access_as_user' }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: jwk.kid, typ: 'JWT' })
    .setIssuer((options.issuerTemplate ?? microsoftIssuer).replace('{tid}', tid))
    .setAudience(options.audience ?? 'api://postern')
    .setSubject(oid.toLowerCase())
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(now + expiresIn)
    .sign(await importJWK(jwk, 'RS256'));
}

function definedOnly({ tenant, oid, roles }: TokenOptions): Partial<PersonaCard> {
  return { ...(tenant && { tenant }), ...(oid && { oid }), ...(roles && { roles }) };
}
