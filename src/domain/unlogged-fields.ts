/**
 * Names under which secrets and personal data travel. No log line is made of them; where one would be all the same, the
 * log leaves out what stands under these names (docs/privacy.md).
 */
export const unloggedFields: readonly string[] = [
  'authorization',
  'body',
  'contact',
  'cookie',
  'email',
  'headers',
  'justification',
  'message',
  'objectId',
  'operationUrl',
  'password',
  'query',
  'secret',
  'sending',
  'text',
  'token',
  'url',
];

/** As paths of a log's redaction: at the top of a line and one below. */
export const redactedPaths: string[] = unloggedFields.flatMap((field) => [field, `*.${field}`]);
