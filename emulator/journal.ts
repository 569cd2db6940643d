/** Who asked for something, as the records of it tell. */
export interface Cause {
  readonly correlationId: string;
  /** A principal; the platform's own doings name the provider. */
  readonly caller: string;
  readonly method: string;
  /** With the platform's own doings there was no call. */
  readonly isPlatform: boolean;
}

/** What happens to a resource, from its beginning to its end. */
export interface Happening {
  readonly id: string;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly resourceId: string;
  /** Such as `Microsoft.Compute/virtualMachines`. */
  readonly resourceType: string;
  /** Such as `Microsoft.Compute/virtualMachines/deallocate/action`. */
  readonly operationName: string;
  readonly cause: Cause;
  readonly startedAtMs: number;
  /** What the call was answered with: 202 where there was an operation to follow. */
  readonly httpStatus: number;
  /** What a write was answered with, where its record tells it. */
  readonly responseBody?: object;
  endedAtMs: number | null;
  error: { readonly code: string; readonly message: string } | null;
}

export type HappeningFacts = Omit<Happening, 'endedAtMs' | 'error'>;

/** A subscription's newest ones; the real cloud bounds them by 90 days. */
const mostHappenings = 100_000;

/** Everything that happened to the resources of each subscription. The activity log and Event Grid tell it, each its own way. */
export class Journal {
  private readonly bySubscription = new Map<string, Happening[]>();
  private readonly listeners: ((happening: Happening) => void)[] = [];

  /** Called with each happening that has ended. */
  onEnd(listener: (happening: Happening) => void): void {
    this.listeners.push(listener);
  }

  begin(facts: HappeningFacts): Happening {
    const happening: Happening = { ...facts, endedAtMs: null, error: null };
    const known = this.bySubscription.get(facts.subscriptionId) ?? [];
    known.push(happening);
    const bounded = known.length > mostHappenings * 1.1 ? known.slice(-mostHappenings) : known;
    this.bySubscription.set(facts.subscriptionId, bounded);
    return happening;
  }

  end(happening: Happening, endedAtMs: number, error: Happening['error']): void {
    happening.endedAtMs = endedAtMs;
    happening.error = error;
    for (const listener of this.listeners) listener(happening);
  }

  /** In the order in which they began. */
  of(subscriptionId: string): readonly Happening[] {
    return this.bySubscription.get(subscriptionId.toLowerCase()) ?? [];
  }

  reset(): void {
    this.bySubscription.clear();
  }
}

/** `Microsoft.Compute/virtualMachines` and `deallocate` make `…/deallocate/action`; writing and deleting are no actions. */
export function operationNameOf(resourceType: string, action: string): string {
  return ['write', 'delete'].includes(action)
    ? `${resourceType}/${action}`
    : `${resourceType}/${action}/action`;
}
