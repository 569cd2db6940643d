const invalid =
  'This token does not hold here: its signature or form is not what is expected, or its tenant is not registered. Get a new one for this service from your tenant; if that does not help, ask the platform’s operators to register it.';

/** 401: no token, one that does not hold, or one of a tenant that nobody registered. The message says what to do. */
export class Unauthorized extends Error {
  /** What `WWW-Authenticate` says: nothing is wrong with a token that was not sent (RFC 6750 section 3.1). */
  readonly challenge: string;

  /** `reason` is for the log only: it may say what a stranger must not learn. */
  constructor(
    readonly code: 'token-missing' | 'token-invalid' | 'token-expired',
    readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = 'Unauthorized';
    const isWrong = code !== 'token-missing';
    this.challenge = isWrong ? 'Bearer realm="postern", error="invalid_token"' : 'Bearer realm="postern"';
  }

  /** For a token that nobody has shown to be real: the same words whatever is wrong, whoever is registered. */
  static unverified(reason: string): Unauthorized {
    return new Unauthorized('token-invalid', reason, invalid);
  }
}
