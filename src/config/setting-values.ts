/** Whether it is a URL of a protocol, e.g. `https:`. */
export function isUrl(value: string, protocol: string): boolean {
  return URL.canParse(value) && new URL(value).protocol === protocol;
}

/** https anywhere; http on loopback, and there outside production only. */
export function isSafe(value: string, inProduction: boolean): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback && !inProduction);
}

/** No name, password, query or fragment: calls are made by adding to it. An origin has no path either. */
export function isBare(value: string, kind: 'origin' | 'base'): boolean {
  if (!URL.canParse(value)) return false;
  const { origin, pathname, href } = new URL(value);
  return href === `${origin}${kind === 'origin' ? '/' : pathname}`;
}

/** Standard Webhooks 1.0: 24 to 64 bytes in base64, padded or not. A cut one would sign with a key that nobody chose. */
export function isWebhookSecret(value: string): boolean {
  const [, encoded = ''] = /^whsec_([^=]+)={0,2}$/.exec(value) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const isWhole = bytes.toString('base64').replaceAll('=', '') === encoded;
  return isWhole && bytes.length >= 24 && bytes.length <= 64;
}

/** PKCS#8 of an Ed25519 key in base64, as `openssl genpkey -algorithm ed25519 -outform DER | base64` writes it. */
export function isSigningKey(value: string): boolean {
  const bytes = Buffer.from(value, 'base64');
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  return bytes.length === 48 && bytes.subarray(0, 16).equals(prefix) && bytes.toString('base64') === value;
}

/** Verifier keys of Ed25519 (`name+hash+key`), separated by commas. */
export function areVerifierKeys(value: string): boolean {
  return value.split(',').every((one) => /^[^\s+]+\+[\da-f]{8}\+A[\w+/]{43}$/.test(one.trim()));
}
