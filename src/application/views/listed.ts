import type { Keyset, Page } from '../../domain/ports/aggregate-stores.js';

/** One page of a list; `next` is where the following page begins, null on the last one. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly next: Keyset | null;
}

/** One row more than asked for is read, so that the last page knows that it is the last. */
export function withOneMore(page: Page): Page {
  return { ...page, limit: page.limit + 1 };
}

/** Cuts the row that was read too much; where there was one, the list goes on after the last row kept. */
export function cutToPage<T>(
  rows: readonly T[],
  page: Page,
  keysetOf: (row: T) => Keyset,
): { readonly rows: readonly T[]; readonly next: Keyset | null } {
  const kept = rows.slice(0, page.limit);
  const last = kept.at(-1);
  return { rows: kept, next: rows.length > page.limit && last !== undefined ? keysetOf(last) : null };
}
