/** An error as ARM tells it: a status, and `{"error": {"code", "message", "details": []}}`. */
export class ArmError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly details: readonly object[] = [],
  ) {
    super(message);
    this.name = 'ArmError';
  }

  get envelope(): {
    readonly error: { readonly code: string; readonly message: string; readonly details: readonly object[] };
  } {
    return { error: { code: this.code, message: this.message, details: this.details } };
  }
}

export const subscriptionNotFound = (id: string) =>
  new ArmError(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`);

export const resourceGroupNotFound = (name: string) =>
  new ArmError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);

export const resourceNotFound = (name: string, group: string, type = 'Microsoft.Compute/virtualMachines') =>
  new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${group}' was not found.`,
  );

/** The refusal of a second power operation while one is under way. */
export const conflict = () =>
  new ArmError(
    409,
    'Conflict',
    'The request failed due to conflict with a concurrent request: another operation is in progress.',
  );

export const notAllowed = ({ method }: { readonly method: string }) =>
  new ArmError(405, 'MethodNotAllowed', `The method ${method} is not supported here.`);

/** An instant as ARM writes it: seven digits of a second, and an offset instead of a Z. */
export function armTime(instant: number | string): string {
  return new Date(instant).toISOString().replace('Z', '0000+00:00');
}
