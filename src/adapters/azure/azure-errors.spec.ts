import { armErrorOf, failureOf, isMissing, refusalOf } from './azure-errors.js';

describe('a refusal in our words', () => {
  it.each([
    ['SubscriptionNotEnabled', 409, 'subscription-disabled'],
    ['ReadOnlyDisabledSubscription', 409, 'subscription-disabled'],
    ['SubscriptionIsDisabled', 403, 'subscription-disabled'],
    ['ScopeLocked', 409, 'resource-locked'],
    ['AuthorizationFailed', 403, 'missing-right'],
    ['LinkedAuthorizationFailed', 403, 'missing-right'],
    ['InvalidAuthenticationTokenTenant', 401, 'missing-right'],
    ['SomethingNew', 403, 'missing-right'],
    ['ResourceNotFound', 404, 'not-found'],
    ['resourcegroupnotfound', 404, 'not-found'],
    // A subscription that is not found says nothing of its machines (fault F24).
    ['SubscriptionNotFound', 404, 'other'],
    ['Conflict', 409, 'busy'],
    ['OperationNotAllowed', 409, 'busy'],
    ['AttachDiskWhileBeingDetached', 409, 'busy'],
    ['SomethingNew', 409, 'busy'],
    ['SomethingNew', 400, 'other'],
  ] as const)('%s (%i) is %s', (code, status, why) => {
    expect(refusalOf(status, { code, message: '' })).toBe(why);
  });

  it.each(['OperationNotAllowed', 'Conflict'])('tells a disk on the host by the words of %s', (code) => {
    const message = 'This operation is not supported on VMs that have an ephemeral OS disk.';
    expect(refusalOf(409, { code, message })).toBe('cannot-deallocate');
  });

  it('does not take a machine’s name for its disk', () => {
    const message = 'The request for ephemeral-mx1 conflicts with another one.';
    expect(refusalOf(409, { code: 'OperationNotAllowed', message })).toBe('busy');
  });
});

describe('a failure in our words', () => {
  it.each([
    ['AllocationFailed', 'allocation-failed'],
    ['ZonalAllocationFailed', 'allocation-failed'],
    ['OverconstrainedAllocationRequest', 'allocation-failed'],
    ['SkuNotAvailable', 'allocation-failed'],
    ['OperationPreempted', 'busy'],
    ['ReadOnlyDisabledSubscription', 'subscription-disabled'],
    ['InternalExecutionError', 'other'],
  ] as const)('%s is %s', (code, why) => {
    expect(failureOf({ code, message: '' })).toBe(why);
  });
});

describe('a machine that is not there', () => {
  const inWords = 'The provided instanceId 7 is not an active Virtual Machine Scale Set VM instanceId.';

  it.each([
    [404, 'ResourceNotFound', '', true],
    [404, 'ResourceGroupNotFound', '', true],
    [400, 'InvalidParameter', inWords, true],
    // A subscription that is not found says nothing of its machines, nor does anything else (fault F24).
    [404, 'SubscriptionNotFound', '', false],
    [404, 'NotFound', inWords, false],
    [400, 'InvalidParameter', 'The api-version is not valid.', false],
    [403, 'AuthorizationFailed', inWords, false],
  ])('is told by %i %s: %s', (status, code, message, expected) => {
    expect(isMissing(status, { code, message })).toBe(expected);
  });
});

describe('the error envelope', () => {
  it.each([[null], ['text'], [{}], [{ error: null }], [{ error: 'text' }], [{ error: { code: 7 } }]])(
    'is not there in %j',
    (body) => {
      expect(armErrorOf(body)).toEqual({ code: 'Unknown', message: '' });
    },
  );

  it('gives at most 500 characters of a message', () => {
    expect(armErrorOf({ error: { code: 'X', message: 'm'.repeat(2_000) } }).message).toHaveLength(500);
  });
});

it('leaves addresses out of the cloud’s own words: one of them may be signed', () => {
  const message = "Operation 'https://management.azure.com/operations/1?t=1&s=secret' was canceled.";
  expect(armErrorOf({ error: { code: 'Canceled', message } }).message).toBe(
    "Operation '(address left out)' was canceled.",
  );
});
