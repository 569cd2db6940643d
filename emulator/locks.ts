import type { ArmAnswer, ArmCall } from './arm-answer.js';
import type { ArmTarget } from './arm-path.js';
import { ArmError } from './errors.js';

const levels = ['CanNotDelete', 'ReadOnly'] as const;

/** A lock on a subscription, a group or a machine. It holds for all that lies below. */
export interface Lock {
  readonly name: string;
  readonly scope: string;
  readonly level: (typeof levels)[number];
  readonly notes: string;
}

interface LockBody {
  readonly properties?: { readonly level?: string; readonly notes?: string };
}

/** `…/providers/Microsoft.Authorization/locks` at any scope (2020-05-01): GET them all, GET, PUT and DELETE one. */
export function lockRoute(locks: Map<string, Lock>, call: ArmCall, { scope, name }: ArmTarget): ArmAnswer {
  if (name === '') return { status: 200, body: { value: below(locks, scope).map(present) } };
  const key = `${scope}/${name}`.toLowerCase();
  const known = locks.get(key);
  if (call.method === 'PUT') {
    const lock = { name, scope, ...factsOf(call.body) };
    locks.set(key, lock);
    return { status: known === undefined ? 201 : 200, body: present(lock) };
  }
  if (call.method === 'DELETE') return { status: locks.delete(key) ? 200 : 204 };
  if (known === undefined) throw new ArmError(404, 'LockNotFound', `The lock '${name}' could not be found.`);
  return { status: 200, body: present(known) };
}

const below = (locks: ReadonlyMap<string, Lock>, scope: string) =>
  [...locks.values()].filter((lock) => isWithin(lock.scope, scope));

function factsOf(body: unknown): Pick<Lock, 'level' | 'notes'> {
  const { level: given, notes = '' } = ((body ?? {}) as LockBody).properties ?? {};
  const level = levels.find((one) => one.toLowerCase() === given?.toLowerCase());
  if (level === undefined)
    throw new ArmError(400, 'InvalidLockLevel', `The level is one of ${levels.join(', ')}.`);
  return { level, notes };
}

function present({ name, scope, level, notes }: Lock): object {
  const type = 'Microsoft.Authorization/locks';
  return { id: `${scope}/providers/${type}/${name}`, type, name, properties: { level, notes } };
}

/** Whether one resource id is another, or lies below it. */
export function isWithin(id: string, scope: string): boolean {
  return `${id}/`.toLowerCase().startsWith(`${scope}/`.toLowerCase());
}

/**
 * Throws `ScopeLocked` where a lock on the resource, or above it, forbids the call: ReadOnly all but reading, and so
 * stopping and starting too; CanNotDelete only a delete.
 */
export function refuseLocked(locks: ReadonlyMap<string, Lock>, method: string, resourceId: string): void {
  if (method === 'GET' || locks.size === 0) return;
  const standing = [...locks.values()].filter(
    ({ scope, level }) => isWithin(resourceId, scope) && (level === 'ReadOnly' || method === 'DELETE'),
  );
  if (standing.length === 0) return;
  const scopes = standing.map(({ scope }) => `'${scope}'`).join(',');
  const doing = method === 'DELETE' ? 'delete' : 'write';
  throw new ArmError(
    409,
    'ScopeLocked',
    `The scope '${resourceId}' cannot perform ${doing} operation because following scope(s) are locked: ${scopes}. Please remove the lock and try again.`,
  );
}
