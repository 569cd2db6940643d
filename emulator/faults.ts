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
  readonly match?: { readonly method?: string; readonly path?: string; readonly vmName?: string };
  readonly kind: FaultKind;
  readonly times?: number;
  readonly status?: number;
  readonly code?: string;
  readonly retryAfter?: number;
  readonly delayMs?: number;
}

interface Fault extends FaultOrder {
  readonly id: string;
  left: number;
}

/** The faults that stand, in the order in which they were asked for. */
export class Faults {
  private readonly standing = new Map<string, Fault>();

  add(order: FaultOrder): string {
    const id = randomUUID();
    this.standing.set(id, { ...order, id, left: order.times ?? Number.POSITIVE_INFINITY });
    return id;
  }

  remove(id: string): boolean {
    return this.standing.delete(id);
  }

  clear(): void {
    this.standing.clear();
  }

  /** Takes the first standing fault of one of these kinds that matches, and counts it down; undefined where none does. */
  take(
    kinds: readonly FaultKind[],
    method: string,
    path: string,
    vmName: string | null,
  ): FaultOrder | undefined {
    for (const fault of this.standing.values()) {
      if (!kinds.includes(fault.kind) || !matches(fault, method, path, vmName)) continue;
      fault.left -= 1;
      if (fault.left <= 0) this.standing.delete(fault.id);
      return fault;
    }
    return undefined;
  }
}

function matches({ match = {} }: FaultOrder, method: string, path: string, vmName: string | null): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== method) return false;
  if (match.vmName !== undefined && match.vmName.toLowerCase() !== vmName?.toLowerCase()) return false;
  if (match.path === undefined) return true;
  return path.toLowerCase().includes(match.path.toLowerCase()) || safeTest(match.path, path);
}

function safeTest(source: string, path: string): boolean {
  try {
    return new RegExp(source, 'i').test(path);
  } catch {
    return false;
  }
}
