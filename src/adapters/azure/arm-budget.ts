import type { CloudWord } from '../../domain/enforcement/call-bucket.js';
import type { CallBudget, CallCharge } from '../../domain/ports/call-budget.js';
import { quotaResetsAfterSeconds, retryAfterSeconds } from '../http-values.js';
import { countedAsReads, countedByUser } from './azure-policies.js';

/**
 * Of the 12 restarts that a worker carries out at once, those of one subscription may wait for the cloud with 10: one that
 * answers after half a minute leaves two for everybody else.
 */
const mostUnanswered = 10;
/** When to come back where that many are unanswered. */
const crowdedMs = 500;

/** Sends a charged call only within the cloud's budget, and tells the budget what the answer said. */
export class ArmBudget {
  private readonly unanswered = new Map<string, number>();

  constructor(private readonly budget: CallBudget) {}

  /** Null where the call may be made now, else the milliseconds after which to come back. */
  async waitMs(charge: CallCharge): Promise<number | null> {
    if ((this.unanswered.get(charge.subscriptionId) ?? 0) >= mostUnanswered) return crowdedMs;
    const release = this.enter(charge.subscriptionId);
    try {
      const taking = await this.budget.take(charge);
      return taking.kind === 'granted' ? null : taking.inMs;
    } finally {
      release();
    }
  }

  /** Makes the call that was let through, and learns from how it was answered; null is no answer at all. */
  async during<T>(
    charge: CallCharge,
    call: () => Promise<{
      readonly answer: T;
      readonly status: number | null;
      readonly headers: Headers | null;
      readonly isGivenUp?: boolean;
    }>,
  ): Promise<T> {
    const release = this.enter(charge.subscriptionId);
    try {
      const { answer, status, headers, isGivenUp = false } = await call();
      if (!isGivenUp) await this.budget.heard(charge, wordOf(charge, status, headers ?? new Headers()));
      return answer;
    } finally {
      release();
    }
  }

  private enter(subscriptionId: string): () => void {
    this.unanswered.set(subscriptionId, (this.unanswered.get(subscriptionId) ?? 0) + 1);
    return () => {
      const left = (this.unanswered.get(subscriptionId) ?? 1) - 1;
      if (left > 0) this.unanswered.set(subscriptionId, left);
      else this.unanswered.delete(subscriptionId);
    };
  }
}

/** What an answer says of the budget it was charged to. A 429 of one machine's own counter is none of it. */
export function wordOf(
  charge: Pick<CallCharge, 'policy'>,
  status: number | null,
  headers: Headers,
): CloudWord {
  const counters = countersIn(headers);
  const own = ownHeaders.find(({ policies }) => policies.includes(charge.policy));
  const left = own
    ? countIn(headers, own.header)
    : (counters.find(({ name }) => name.startsWith(charge.policy.toLowerCase()))?.left ?? null);
  if (status === 429) {
    const another = counters.some(
      ({ name, left: theirs }) => theirs < 1 && name !== charge.policy.toLowerCase(),
    );
    if (another && left !== null && left >= 1) return { kind: 'served', left };
    const seconds = retryAfterSeconds(headers) ?? quotaResetsAfterSeconds(headers);
    return { kind: 'throttled', left, waitMs: seconds === null ? null : seconds * 1_000 };
  }
  return status === null || status === 408 || status >= 500 ? { kind: 'failed' } : { kind: 'served', left };
}

/** What is counted by nobody's `x-ms-ratelimit-remaining-resource`. */
const ownHeaders = [
  { header: 'x-ms-ratelimit-remaining-subscription-reads', policies: countedAsReads },
  { header: 'x-ms-user-quota-remaining', policies: countedByUser },
] as const;

function countIn(headers: Headers, name: string): number | null {
  const text = headers.get(name) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** `Microsoft.Compute/DeallocateVM;11,Microsoft.Compute/DeallocateVMSubscription;1499`: several counters in one header. */
function countersIn(headers: Headers): readonly { readonly name: string; readonly left: number }[] {
  const text = headers.get('x-ms-ratelimit-remaining-resource') ?? '';
  return text.split(',').flatMap((part) => {
    const [, name, count] = /^\s*Microsoft\.Compute\/([\w-]{1,80});(\d{1,9})\s*$/i.exec(part) ?? [];
    return name === undefined ? [] : [{ name: name.toLowerCase(), left: Number(count) }];
  });
}
