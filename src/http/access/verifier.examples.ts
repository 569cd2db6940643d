import type { JWTPayload } from 'jose';
import { Unauthorized } from '../problems/unauthorized.js';
import { audience, issuerTemplate, makeSigner, signed, type Signer } from './entra-tokens.examples.js';
import { startKeyServer, type KeyServer } from './key-server.examples.js';
import { RegisteredTenants } from './registered-tenants.js';
import { SigningKeys } from './signing-keys.js';
import { TokenVerifier, type Verified } from './token-verifier.js';

export const tenant = '0000000a-0000-4000-8000-00000000000a';
export const partnerTenant = '0000000b-0000-4000-8000-00000000000b';
export const stranger = '0000000d-0000-4000-8000-00000000000d';
export const platform = '00000001-0000-4000-8000-000000000001';

/** Registers a customer and a partner. */
export const findTenant = {
  run: async (tenantId: string) => {
    if (tenantId === tenant) return { tenantId, kind: 'customer', name: 'Contoso' } as const;
    if (tenantId === partnerTenant) return { tenantId, kind: 'partner', name: 'Fabrikam' } as const;
    return null;
  },
};

/** A verifier on a real key server: `other` signs for the partner's tenant, `known` for all the rest. */
export interface ExampleVerifier {
  readonly verifier: TokenVerifier;
  readonly known: Signer;
  readonly other: Signer;
  readonly server: KeyServer;
  verified(
    claims: JWTPayload,
    signer?: Signer,
    header?: Readonly<Record<string, unknown>>,
  ): Promise<Verified>;
  /** Code and reason of the refusal of an Authorization header; `accepted` where there is none. */
  refusal(authorization: string | undefined): Promise<string>;
  /** The same for a token that is signed for it, by `known` unless another is given. */
  refusalOf(claims: JWTPayload, signer?: Signer, header?: Readonly<Record<string, unknown>>): Promise<string>;
}

export async function startVerifier(): Promise<ExampleVerifier> {
  const [known, other] = await Promise.all([makeSigner('known'), makeSigner('other')]);
  const server = await startKeyServer([known.publicJwk]);
  server.serve([other.publicJwk], partnerTenant);
  const keys = new SigningKeys({ keysTemplate: server.template, developmentDir: null });
  const tenants = new RegisteredTenants(findTenant, platform);
  const verifier = new TokenVerifier(tenants, keys, {
    audience,
    issuerTemplate,
    eventSecrets: [],
    platformTenantId: '00000000-0000-4000-8000-000000000001',
  });
  const refusal = (authorization: string | undefined) => refusalBy(verifier, authorization);
  return {
    verifier,
    known,
    other,
    server,
    verified: async (claims, signer = known, header = {}) =>
      verifier.verify(`Bearer ${await signed(claims, signer, header)}`),
    refusal,
    refusalOf: async (claims, signer = known, header = {}) =>
      refusal(`Bearer ${await signed(claims, signer, header)}`),
  };
}

/** Code and reason of a refusal; what is no refusal of a caller is thrown. */
export async function refusalBy(verifier: TokenVerifier, authorization: string | undefined): Promise<string> {
  try {
    await verifier.verify(authorization);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof Unauthorized)) throw error;
    return `${error.code}: ${error.reason}`;
  }
}
