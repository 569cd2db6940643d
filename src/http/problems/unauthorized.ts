/** 401: no token, one that does not hold, or one of a tenant that nobody registered. The message says what to do. */
export class Unauthorized extends Error {
  readonly challenge: 'invalid_request' | 'invalid_token';

  constructor(
    readonly code: 'token-missing' | 'token-invalid' | 'token-expired' | 'tenant-not-registered',
    message: string,
  ) {
    super(message);
    this.name = 'Unauthorized';
    this.challenge = code === 'token-missing' ? 'invalid_request' : 'invalid_token';
  }
}
