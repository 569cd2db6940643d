import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

/** The largest key set that is read. Entra ID's is about 15 kB. */
const longestBytes = 256 * 1024;

/**
 * A key as it is kept: RSA of 2,048 to 8,192 bits (342 and 1,366 characters) with the usual exponent. A larger modulus
 * would make every look at a token slow; an exponent of 1 would let everybody sign; a key whose private part is told
 * is nobody's any more.
 */
const usable = z.object({
  kty: z.literal('RSA'),
  kid: z.string().min(1).max(200),
  n: z.string().regex(/^[\w-]{342,1366}$/),
  e: z.literal('AQAB'),
  use: z.literal('sig').optional(),
  alg: z.literal('RS256').optional(),
  d: z.undefined().optional(),
});
const keySet = z.object({ keys: z.array(z.unknown()).max(100) });

/** The keys of a tenant. */
export interface KeySet {
  /** Asked first: an unknown id costs no search and no exception with its stack, however many come in. */
  has(keyId: string | undefined): boolean;
  readonly find: JWTVerifyGetKey;
}

/**
 * The signing keys at `url`. Throws where the server does not answer in time, redirects (whoever it points to is not
 * who was configured), or answers what is no key set, or too large a one. Keys of other kinds are passed over.
 */
export async function fetchKeySet(url: URL, timeoutMs: number): Promise<KeySet> {
  const response = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: 'application/json, application/jwk-set+json' },
  });
  const type = response.headers.get('content-type') ?? 'nothing';
  if (response.status !== 200 || !/^application\/([\w.-]+\+)?json\b/i.test(type)) {
    await response.body?.cancel();
    throw new Error(`the key server answered ${response.status}, ${type.slice(0, 60)}`);
  }
  const { keys } = keySet.parse(JSON.parse(await boundedText(response)));
  const kept = keys.flatMap((key) => {
    const { success, data } = usable.safeParse(key);
    return success ? [{ kty: data.kty, kid: data.kid, n: data.n, e: data.e, alg: 'RS256' }] : [];
  });
  const ids = new Set<string | undefined>(kept.map(({ kid }) => kid));
  return { has: (keyId) => ids.has(keyId), find: createLocalJWKSet({ keys: kept }) };
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  // Counted after decompression: what is small on the wire may be large here.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > longestBytes) throw new Error(`the key set is longer than ${longestBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
