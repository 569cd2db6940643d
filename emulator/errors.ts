/** An error as ARM tells it: a status, and `{"error": {"code", "message", "details": []}}`. */
export class ArmError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'ArmError';
  }

  get envelope(): {
    readonly error: { readonly code: string; readonly message: string; readonly details: readonly [] };
  } {
    return { error: { code: this.code, message: this.message, details: [] } };
  }
}

export const subscriptionNotFound = (id: string) =>
  new ArmError(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`);

export const resourceGroupNotFound = (name: string) =>
  new ArmError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);

export const resourceNotFound = (name: string, group: string) =>
  new ArmError(
    404,
    'ResourceNotFound',
    `The Resource 'Microsoft.Compute/virtualMachines/${name}' under resource group '${group}' was not found.`,
  );
