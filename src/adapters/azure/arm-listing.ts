import type { z } from 'zod';
import type { CallCharge } from '../../domain/ports/call-budget.js';
import type { Listing } from '../../domain/ports/compute-control-plane.js';
import type { ArmAnswer, ArmClient } from './arm-client.js';
import { armErrorOf } from './azure-errors.js';
import { isWithin } from './azure-shapes.js';

/** One listing: where it begins, what its calls are charged to, and how its pages and items are read. */
export interface ListingOrder<B extends { readonly id: string }, T> {
  /** Nothing of another subscription is in it, whatever the cloud names (OWASP API7). */
  readonly subscriptionId: string;
  readonly first: string;
  readonly charge: CallCharge | null;
  readonly page: z.ZodType<{ readonly value: readonly B[]; readonly nextLink?: string | null | undefined }>;
  /** Null for an item that cannot be told from others: then the listing is none. */
  readonly read: (body: B) => T | null;
  readonly mostPages: number;
}

/** Reads a listing to its end. One that lacks a page, or has one that is not understood, is no listing (fault F24). */
export async function listPages<B extends { readonly id: string }, T>(
  arm: ArmClient,
  order: ListingOrder<B, T>,
): Promise<Listing<T>> {
  const items: T[] = [];
  const asked = new Set<string>();
  let next: string | null | undefined = order.first;
  for (let page = 0; next !== undefined && next !== null && next !== ''; page += 1) {
    if (page >= order.mostPages) return incomplete('too-many-pages', null);
    if (asked.has(next)) return incomplete('pages-in-a-circle', null);
    asked.add(next);
    const answer: ArmAnswer = await arm.call('GET', next, order.charge);
    if (answer.kind === 'foreign-host') return incomplete('next-page-on-another-host', null);
    if (answer.kind === 'unavailable') return incomplete(answer.code, answer.retryAfterSeconds);
    const parsed = order.page.safeParse(answer.body);
    if (answer.status !== 200 || !parsed.success)
      return incomplete(codeOf(answer), null, armErrorOf(answer.body).message);
    for (const body of parsed.data.value) {
      const item = order.read(body);
      if (item === null) return incomplete('machine-without-id', null);
      if (!isWithin(order.subscriptionId, body)) return incomplete('machine-of-another-subscription', null);
      items.push(item);
    }
    next = parsed.data.nextLink;
  }
  return { kind: 'complete', items };
}

/** The code of an error, or that a success was not what it should be. */
export function codeOf({ status, body }: Extract<ArmAnswer, { readonly kind: 'answered' }>): string {
  return status < 400 ? 'answer-not-understood' : armErrorOf(body).code;
}

function incomplete(
  code: string,
  retryAfterSeconds: number | null,
  message = '',
): Extract<Listing<never>, { readonly kind: 'incomplete' }> {
  const words = message === '' ? 'the listing is not complete' : message;
  return { kind: 'incomplete', code, message: words, retryAfterSeconds };
}
