import type { ArmCall } from './arm-answer.js';
import { ArmError } from './errors.js';

/** A link to the rest of a listing, on the origin that the client spoke to. */
export function nextLinkOf(call: ArmCall, token: string): string {
  const query = new URLSearchParams(call.query);
  query.set('$skiptoken', token);
  return `${call.origin}${call.path}?${query.toString()}`;
}

/** The number in `$skiptoken`; 0 for a first page. Throws ARM's 400 for what is none. */
export function skipTokenOf({ query }: ArmCall): number {
  const token = Number(query.get('$skiptoken') ?? 0);
  if (!Number.isSafeInteger(token) || token < 0)
    throw new ArmError(400, 'InvalidParameter', 'The value of $skiptoken is invalid.');
  return token;
}

/** A page of a short list, counted from its beginning. */
export function pageOfItems<T>(
  call: ArmCall,
  pageSize: number,
  items: readonly T[],
  present: (item: T) => object,
): object {
  const from = skipTokenOf(call);
  const value = items.slice(from, from + pageSize).map(present);
  const next = from + pageSize;
  return next < items.length ? { value, nextLink: nextLinkOf(call, String(next)) } : { value };
}
