/** 401: no token, one that does not hold, or one of a tenant that nobody registered. The message says what to do. */
export class Unauthorized extends Error {
  /** What `WWW-Authenticate` says: nothing is wrong with a token that was not sent (RFC 6750 section 3.1). */
  readonly challenge: string;

  constructor(
    readonly code: 'token-missing' | 'token-invalid' | 'token-expired' | 'tenant-not-registered',
    message: string,
  ) {
    super(message);
    this.name = 'Unauthorized';
    const isWrong = code !== 'token-missing';
    this.challenge = isWrong ? 'Bearer realm="postern", error="invalid_token"' : 'Bearer realm="postern"';
  }
}
