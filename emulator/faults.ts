import { randomUUID } from 'node:crypto';

export const faultKinds = [
  'throttle',
  'error',
  'reset',
  'truncate',
  'delay',
  'operation-endless',
  'operation-fails',
  'operation-gone',
  'operation-elsewhere',
  'no-power-state',
  'vanish',
  'empty-list',
  'partial-list',
  'accept-then-reset',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** What goes wrong, for which calls, and how often; without `times` until it is deleted. */
export interface FaultOrder {
  readonly match: {
    readonly method?: string | undefined;
    /** Part of the path with its query, or the source of a regular expression for it; case does not matter. */
    readonly path?: string | undefined;
    readonly vmName?: string | undefined;
  };
  readonly kind: FaultKind;
  readonly times?: number | undefined;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  /** Seconds, or a date as HTTP writes it. */
  readonly retryAfter?: number | string | undefined;
  readonly delayMs?: number | undefined;
  /** For `operation-elsewhere`: the origin that the operation's URLs name. */
  readonly origin?: string | undefined;
}

export interface Fault extends FaultOrder {
  readonly id: string;
  /** How often it may still happen; null = until it is deleted. */
  readonly left: number | null;
}

/** What a fault is matched against. */
export interface FaultSubject {
  readonly method: string;
  /** The path with its query, without signatures. */
  readonly target: string;
  readonly vmName: string | null;
  /** The switchboard's gate is met only by faults whose path names it: a storm in ARM leaves it alone. */
  readonly isGate: boolean;
}

/** The faults that were ordered, in that order. One that is used up stays known until it is deleted. */
export class Faults {
  private readonly known = new Map<string, Fault>();

  add(order: FaultOrder): Fault {
    const fault: Fault = { ...order, id: randomUUID(), left: order.times ?? null };
    this.known.set(fault.id, fault);
    return fault;
  }

  list(): readonly Fault[] {
    return [...this.known.values()];
  }

  remove(id: string): boolean {
    return this.known.delete(id.toLowerCase());
  }

  clear(): void {
    this.known.clear();
  }

  /** Takes the first standing fault of one of these kinds that matches, and counts it down; undefined where none does. */
  take(kinds: readonly FaultKind[], subject: FaultSubject): Fault | undefined {
    for (const fault of this.known.values()) {
      if (fault.left === 0 || !kinds.includes(fault.kind) || !matches(fault, subject)) continue;
      if (fault.left !== null) this.known.set(fault.id, { ...fault, left: fault.left - 1 });
      return fault;
    }
    return undefined;
  }
}

function matches({ match }: FaultOrder, { method, target, vmName, isGate }: FaultSubject): boolean {
  if (isGate && !/gate/i.test(match.path ?? '')) return false;
  if (match.method !== undefined && match.method.toUpperCase() !== method) return false;
  if (match.vmName !== undefined && match.vmName.toLowerCase() !== vmName?.toLowerCase()) return false;
  if (match.path === undefined) return true;
  return target.toLowerCase().includes(match.path.toLowerCase()) || safeTest(match.path, target);
}

function safeTest(source: string, target: string): boolean {
  try {
    return new RegExp(source, 'i').test(target);
  } catch {
    return false; // no regular expression: it was meant as a part of the path only
  }
}
