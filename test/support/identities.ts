import type { JWTPayload } from 'jose';
import { personas, tenants, type Persona } from '../../launch/development-token.js';
import { entraClaims, makeSigner, signed, type Signer } from '../../src/http/access/entra-tokens.examples.js';
import { startKeyServer, type KeyServer } from '../../src/http/access/key-server.examples.js';

/** A cloud of tenants that issue tokens as Entra ID does, each signed by a key of its own; their keys lie on a real server. */
export interface Identities {
  readonly keyServer: KeyServer;
  /** What the service has to be told to believe them. */
  readonly env: Readonly<Record<string, string>>;
  /** The present key of a tenant; `stranger` is a tenant that nobody registers. */
  readonly signers: Readonly<Record<TenantName, Signer>>;
  /** A token of a persona, from its own tenant's issuer. */
  readonly tokenOf: (persona: Persona, differs?: JWTPayload, signer?: Signer) => Promise<string>;
  /** Claims of a person in any tenant. */
  readonly claims: (tenantId: string, differs?: JWTPayload) => JWTPayload;
}

export type TenantName = 'platform' | 'partner' | 'customer' | 'stranger';
export const strangerTenant = '00000000-0000-4000-8000-00000000dead';
const idOf: Readonly<Record<TenantName, string>> = { ...tenants, stranger: strangerTenant };

/** The service's defaults, so that development tokens hold beside these. */
const audience = 'api://postern';
export const issuerOf = (tenantId: string) => `https://login.microsoftonline.com/${tenantId}/v2.0`;

export async function startIdentities(): Promise<Identities> {
  const [platform, partner, customer, stranger] = await Promise.all(
    (['platform', 'partner', 'customer', 'stranger'] as const).map((name) => makeSigner(`key-of-${name}`)),
  );
  if (!platform || !partner || !customer || !stranger) throw new Error('a key is missing');
  const signers = { platform, partner, customer, stranger };
  const keyServer = await startKeyServer([]);
  for (const [name, id] of Object.entries(idOf)) keyServer.serve([signers[name as TenantName].publicJwk], id);
  const claims = (tenantId: string, differs: JWTPayload = {}) =>
    entraClaims(tenantId, { iss: issuerOf(tenantId), aud: audience, ...differs });
  return {
    keyServer,
    env: { TOKEN_KEYS_TEMPLATE: keyServer.template },
    signers,
    claims,
    tokenOf: (persona, differs = {}, signer) => {
      const { tenant, oid, roles } = personas[persona];
      const isApp = persona === 'ingest';
      const marks: JWTPayload = isApp ? { idtyp: 'app', scp: undefined } : {};
      const own = Object.entries(idOf).find(([, id]) => id === tenant)?.[0] as TenantName;
      const payload = claims(tenant, { oid, roles: [...roles], ...marks, ...differs });
      return signed(payload, signer ?? signers[own]);
    },
  };
}
