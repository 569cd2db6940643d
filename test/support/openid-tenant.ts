import type { IncomingMessage, ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { Provider } from 'oidc-provider';
import { OpenIdStore } from './openid-store.js';

/** Somebody, or an application, that a tenant's provider knows: by object id, with roles at the API. */
export interface Principal {
  readonly oid: string;
  readonly roles: readonly string[];
}

export interface OpenIdTenantOptions {
  readonly tenantId: string;
  readonly issuer: string;
  readonly audience: string;
  /** Who may sign in, by name; every one of them may hold a token in its own name, too. */
  readonly principals: Readonly<Record<string, Principal>>;
}

export const portal = { clientId: 'portal', redirectUri: 'https://portal.example/callback' } as const;
/** Each principal as an application: its client id, and a secret that is none. */
export const applicationOf = (name: string) => ({ clientId: `app-${name}`, secret: 'x'.repeat(32) });

/** The provider of one tenant, its tokens as Entra ID writes them. Its keys can be rotated. */
export class OpenIdTenant {
  private keys: readonly JWK[] = [];
  private made = 0;
  private provider: Provider | null = null;

  constructor(readonly options: OpenIdTenantOptions) {}

  /** Signs with a new key from now on. The old ones are still published, until they are withdrawn. */
  async rotate(): Promise<void> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    this.made += 1;
    const kid = `${this.options.tenantId}-${String(this.made)}`;
    this.keys = [{ ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }, ...this.keys];
    this.provider = new Provider(this.options.issuer, configuration(this.options, this.keys));
  }

  /** Publishes the present key alone. */
  withdrawOldKeys(): void {
    this.keys = this.keys.slice(0, 1);
    this.provider = new Provider(this.options.issuer, configuration(this.options, this.keys));
  }

  /** Serves what lies below the issuer's path. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.provider === null) throw new Error('the tenant has no key yet');
    const prefix = new URL(this.options.issuer).pathname;
    const url = request.url ?? '';
    if (url.startsWith(`${prefix}/sign-in/`)) return this.signIn(this.provider, request, response);
    Object.assign(request, { originalUrl: url, baseUrl: prefix });
    request.url = url.slice(prefix.length);
    await this.provider.callback()(request, response);
  }

  /** Whoever the client hints at is signed in, without being asked anything. */
  private async signIn(
    provider: Provider,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { params } = await provider.interactionDetails(request, response);
    const accountId = this.options.principals[String(params['login_hint'])]?.oid;
    await provider.interactionFinished(request, response, { login: { accountId } });
  }
}

interface Token {
  readonly kind: string;
  readonly accountId?: string;
  readonly clientId: string;
  readonly scope?: string;
}

function configuration(options: OpenIdTenantOptions, keys: readonly JWK[]): object {
  const { tenantId, audience, principals, issuer } = options;
  const resource = {
    audience,
    scope: 'access_as_user',
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  };
  return {
    adapter: OpenIdStore,
    jwks: { keys },
    clients: clientsOf(principals),
    cookies: { keys: ['a test’s own'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: { enabled: true, getResourceServerInfo: () => resource },
    },
    // A test’s worth of minutes, for all that the provider keeps in memory.
    ttl: {
      Interaction: 600,
      Grant: 600,
      Session: 600,
      AuthorizationCode: 60,
      AccessToken: 3_600,
      ClientCredentials: 3_600,
      IdToken: 3_600,
    },
    interactions: {
      url: (_context: unknown, { uid }: { readonly uid: string }) =>
        `${new URL(issuer).pathname}/sign-in/${uid}`,
    },
    findAccount: (_context: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId }),
    }),
    loadExistingGrant: (context: GrantContext) => grantOf(context, audience),
    extraTokenClaims: (_context: unknown, token: Token) => entraClaimsOf(token, tenantId, principals),
    // Entra ID says `JWT`, where RFC 9068 and this provider say `at+jwt`.
    formats: {
      customizers: {
        jwt: (_context: unknown, _token: unknown, parts: { header?: object }) => {
          parts.header = { typ: 'JWT' };
        },
      },
    },
  };
}

function clientsOf(principals: OpenIdTenantOptions['principals']): readonly object[] {
  const applications = Object.keys(principals).map((name) => ({
    client_id: applicationOf(name).clientId,
    client_secret: applicationOf(name).secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  }));
  const person = {
    client_id: portal.clientId,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: [portal.redirectUri],
  };
  return [person, ...applications];
}

/** What tokens of Entra ID (v2.0) say beside the standard's claims. */
function entraClaimsOf(token: Token, tid: string, principals: OpenIdTenantOptions['principals']): object {
  const isApp = token.kind === 'ClientCredentials';
  const principal = Object.entries(principals).find(([name, { oid }]) =>
    isApp ? applicationOf(name).clientId === token.clientId : oid === token.accountId,
  )?.[1];
  const marks = isApp ? { idtyp: 'app' } : { scp: token.scope };
  return { tid, oid: principal?.oid, roles: principal?.roles, ver: '2.0', azp: token.clientId, ...marks };
}

interface Grant {
  addOIDCScope(scope: string): void;
  addResourceScope(resource: string, scope: string): void;
  save(): Promise<string>;
}

interface GrantContext {
  readonly oidc: {
    readonly client: { readonly clientId: string };
    readonly session: { readonly accountId: string };
    readonly provider: { readonly Grant: new (of: { clientId: string; accountId: string }) => Grant };
  };
}

/** An administrator has consented for everybody: nobody is asked. */
async function grantOf({ oidc }: GrantContext, audience: string): Promise<Grant> {
  const { clientId } = oidc.client;
  const grant = new oidc.provider.Grant({ clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope('openid profile');
  grant.addResourceScope(audience, 'access_as_user');
  await grant.save();
  return grant;
}
