import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';

/** Microsoft's own application "Microsoft.EventGrid", under one id in every tenant. */
export const eventGridAppId = '4962773b-9cdb-44cf-a8bf-237846a00ab7';

/** Whom a token is for, and which form of token the application behind the endpoint asks for. */
export interface Audience {
  readonly tenantId: string;
  /** The client id of the application, or, in version 1.0 only, its App ID URI. */
  readonly audience: string;
  readonly version: '1.0' | '2.0';
  /** App roles of its principal beside the one that the webhook needs. */
  readonly roles?: readonly string[];
}

interface SigningKey {
  readonly sign: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly jwk: JWK & { readonly kid: string };
}

const lifetimeSeconds = 3_600;

/**
 * Entra ID, as far as Event Grid needs it: signs the tokens that come with each delivery, and serves the keys. By the
 * real clock, also where the emulator's is simulated: whoever verifies a token lives by it.
 */
export class EntraIssuer {
  private readonly keys: Promise<SigningKey>[] = [];

  /** Signs with a new key from now on; the old ones are still served. */
  rotate(): void {
    const key = makeKey();
    key.catch(() => undefined); // told to whoever asks for it
    this.keys.push(key);
  }

  async keySet(): Promise<{ readonly keys: readonly JWK[] }> {
    if (this.keys.length === 0) this.rotate();
    const keys = await Promise.all(this.keys);
    return { keys: keys.map(({ jwk }) => jwk) };
  }

  /** A token of an application in its own name: of Event Grid, unless the claims that are given say otherwise. */
  async token(
    { tenantId, audience, version, roles = [] }: Audience,
    claims: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    if (this.keys.length === 0) this.rotate();
    const key = await this.keys.at(-1);
    if (key === undefined) throw new Error('there is no signing key');
    const now = Math.floor(Date.now() / 1_000);
    const isOld = version === '1.0';
    const issuer = isOld
      ? `https://sts.windows.net/${tenantId}/`
      : `https://login.microsoftonline.com/${tenantId}/v2.0`;
    const application = isOld
      ? { appid: eventGridAppId, appidacr: '2' }
      : { azp: eventGridAppId, azpacr: '2' };
    const oid = principalIn(tenantId);
    return new SignJWT({
      aud: audience,
      iss: issuer,
      iat: now,
      nbf: now,
      exp: now + lifetimeSeconds,
      ...application,
      idtyp: 'app',
      oid,
      roles: ['AzureEventGridSecureWebhookSubscriber', ...roles],
      sub: oid,
      tid: tenantId,
      uti: randomUUID(),
      ver: version,
      ...claims,
    })
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: key.jwk.kid })
      .sign(key.sign);
  }
}

/** Event Grid's service principal: another object in every tenant. */
function principalIn(tenantId: string): string {
  return `e0000000-0000-4000-8000-${tenantId.slice(-12)}`;
}

async function makeKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { modulusLength: 2_048 });
  const kid = randomUUID();
  return { sign: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' } };
}
