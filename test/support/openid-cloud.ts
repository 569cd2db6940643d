import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { applicationOf, OpenIdTenant, portal, type Principal } from './openid-tenant.js';

const audience = 'api://postern';

/** A real OpenID provider a tenant, all on one port of loopback, as Entra ID has all on one host. */
export class OpenIdCloud {
  private constructor(
    private readonly server: Server,
    private readonly origin: string,
    private readonly tenants: ReadonlyMap<string, OpenIdTenant>,
  ) {}

  /** Starts it, with the principals of each tenant by name. */
  static async start(
    principals: Readonly<Record<string, Readonly<Record<string, Principal>>>>,
  ): Promise<OpenIdCloud> {
    const tenants = new Map<string, OpenIdTenant>();
    const server = createServer((request, response) => {
      const tenant = tenants.get(request.url?.split('/')[1] ?? '');
      if (tenant === undefined) response.writeHead(404).end();
      else void tenant.serve(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const cloud = new OpenIdCloud(server, `http://127.0.0.1:${String(port)}`, tenants);
    for (const [tenantId, known] of Object.entries(principals)) {
      const issuer = cloud.issuerOf(tenantId);
      const tenant = new OpenIdTenant({ tenantId, issuer, audience, principals: known });
      await tenant.rotate();
      tenants.set(tenantId, tenant);
    }
    return cloud;
  }

  /** What the service has to be told. */
  get env(): Readonly<Record<string, string>> {
    return {
      TOKEN_AUDIENCE: audience,
      TOKEN_ISSUER_TEMPLATE: this.issuerOf('{tid}'),
      TOKEN_KEYS_TEMPLATE: `${this.issuerOf('{tid}')}/jwks`,
    };
  }

  issuerOf(tenantId: string): string {
    return `${this.origin}/${tenantId}/v2.0`;
  }

  tenant(tenantId: string): OpenIdTenant {
    const tenant = this.tenants.get(tenantId);
    if (tenant === undefined) throw new Error(`there is no tenant ${tenantId}`);
    return tenant;
  }

  /** What the provider says of itself. */
  async discovered(tenantId: string): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${this.issuerOf(tenantId)}/.well-known/openid-configuration`);
    return (await response.json()) as Readonly<Record<string, unknown>>;
  }

  /** A token that an application gets in its own name (client credentials). */
  async applicationToken(tenantId: string, name: string): Promise<string> {
    const { clientId, secret } = applicationOf(name);
    const grant = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret };
    const tokens = await this.tokens(tenantId, { ...grant, resource: audience });
    return tokens.access_token;
  }

  /** The tokens that a person gets by signing in through a browser (authorization code with PKCE). */
  async signIn(
    tenantId: string,
    name: string,
  ): Promise<{ readonly access_token: string; readonly id_token: string }> {
    const verifier = randomBytes(32).toString('base64url');
    const code = await this.code(tenantId, name, createHash('sha256').update(verifier).digest('base64url'));
    return this.tokens(tenantId, {
      grant_type: 'authorization_code',
      client_id: portal.clientId,
      redirect_uri: portal.redirectUri,
      code,
      code_verifier: verifier,
      resource: audience,
    });
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async tokens(tenantId: string, form: Readonly<Record<string, string>>) {
    const body = new URLSearchParams(form);
    const response = await fetch(`${this.issuerOf(tenantId)}/token`, { method: 'POST', body });
    const answer = await response.text();
    if (!response.ok) throw new Error(`the provider answered ${String(response.status)}: ${answer}`);
    return JSON.parse(answer) as { readonly access_token: string; readonly id_token: string };
  }

  /** Follows the redirects as a browser does, cookies included, until they lead back to the client. */
  private async code(tenantId: string, name: string, challenge: string): Promise<string> {
    const cookies = new Map<string, string>();
    const query = new URLSearchParams({
      client_id: portal.clientId,
      response_type: 'code',
      scope: 'openid profile access_as_user',
      redirect_uri: portal.redirectUri,
      resource: audience,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      login_hint: name,
    });
    let url = new URL(`${this.issuerOf(tenantId)}/auth?${query.toString()}`);
    for (let step = 0; step < 10; step += 1) {
      const cookie = [...cookies].map(([key, value]) => `${key}=${value}`).join('; ');
      const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
      const page = await response.text();
      for (const set of response.headers.getSetCookie()) {
        const [key = '', value = ''] = (set.split(';')[0] ?? '').split('=');
        cookies.set(key, value);
      }
      const location = response.headers.get('location');
      if (location === null) throw new Error(`no redirect from ${url.pathname}: ${page}`);
      url = new URL(location, url);
      const code = url.searchParams.get('code');
      if (code !== null) return code;
      if (url.href.startsWith(portal.redirectUri)) throw new Error(`refused: ${url.search}`);
    }
    throw new Error('the redirects do not end');
  }
}
