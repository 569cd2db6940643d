import type { OperationAnswer, PowerRefusal } from '../../domain/ports/compute-control-plane.js';

export interface ArmErrorBody {
  readonly code: string;
  readonly message: string;
}

/** The error inside ARM's envelope, in an answer or inside an operation; a placeholder where there is none. */
export function armErrorOf(body: unknown): ArmErrorBody {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null;
  if (typeof error !== 'object' || error === null) return { code: 'Unknown', message: '' };
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return {
    code: typeof code === 'string' ? printable(code, 100) : 'Unknown',
    message: typeof message === 'string' ? printable(withoutAddresses(message), 500) : '',
  };
}

/** Cut, and without control characters and half surrogate pairs, which no column takes. */
function printable(text: string, most: number): string {
  return text.slice(0, most).replace(/[\p{Cc}\p{Cs}]/gu, ' ');
}

/** The cloud's words go into blockers and history: an address in them may be a signed one, and is left out. */
function withoutAddresses(message: string): string {
  return message.replace(/https?:\/\/[^\s'"]+/gi, '(address left out)');
}

const byCode: Readonly<Record<string, PowerRefusal>> = {
  subscriptionnotenabled: 'subscription-disabled',
  readonlydisabledsubscription: 'subscription-disabled',
  subscriptionisdisabled: 'subscription-disabled',
  disabledsubscription: 'subscription-disabled',
  scopelocked: 'resource-locked',
  authorizationfailed: 'missing-right',
  linkedauthorizationfailed: 'missing-right',
  invalidauthenticationtokentenant: 'missing-right',
  resourcenotfound: 'not-found',
  resourcegroupnotfound: 'not-found',
  conflict: 'busy',
  attachdiskwhilebeingdetached: 'busy',
  retryableerror: 'busy',
  operationpreempted: 'busy',
};

const allocationCodes: readonly string[] = [
  'allocationfailed',
  'zonalallocationfailed',
  'overconstrainedallocationrequest',
  'overconstrainedzonalallocationrequest',
  'skunotavailable',
];

/** Why the cloud would not take a power operation, in our words. */
export function refusalOf(status: number, { code, message }: ArmErrorBody): PowerRefusal {
  // Told by words only, under codes that otherwise mean "not now". The words name the disk: a machine may be called so.
  if (/ephemeral (os )?disk/i.test(message)) return 'cannot-deallocate';
  const known = byCode[code.toLowerCase()];
  if (known !== undefined) return known;
  if (status === 403) return 'missing-right';
  if (code.toLowerCase() === 'operationnotallowed' || status === 409) return 'busy';
  return 'other';
}

/**
 * Whether a direct look says that a machine is not there. A subscription that is not found says nothing of its machines
 * (fault F24); an instance of a scale set may be missed in words only.
 */
export function isMissing(status: number, { code, message }: ArmErrorBody): boolean {
  if (status === 404) return code === 'ResourceNotFound' || code === 'ResourceGroupNotFound';
  const inWords = /is not an active virtual machine scale set vm instanceid/i;
  return status === 400 && code === 'InvalidParameter' && inWords.test(message);
}

/** The same for an operation that was taken and failed. */
export function failureOf(error: ArmErrorBody): Extract<OperationAnswer, { readonly kind: 'failed' }>['why'] {
  return allocationCodes.includes(error.code.toLowerCase()) ? 'allocation-failed' : refusalOf(0, error);
}

/** A 401 is about our token, unless it says that the subscription has gone to another tenant: that one is lasting. */
export function isOurTokenRefused(status: number, code: string): boolean {
  return status === 401 && code.toLowerCase() !== 'invalidauthenticationtokentenant';
}
