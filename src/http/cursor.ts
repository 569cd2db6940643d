import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import canonicalize from 'canonicalize';
import type { Caller } from '../domain/access/actor.js';
import type { Keyset, Page } from '../domain/ports/aggregate-stores.js';
import { InvalidInput } from './problems/invalid-input.js';
import type { Rendered } from './rendered.js';

interface Listing {
  readonly caller: Caller;
  /** Path and query: a cursor is good for the list it came from, and for whom it was made. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** Opaque cursors: where a list goes on, signed, and bound to route, filter, sort and caller. */
@Injectable()
export class Cursors {
  constructor(private readonly key: Buffer) {}

  /** The page that a list's query asks for. Throws 400 `cursor-invalid` for one that is not ours or not for this list. */
  pageOf(listing: Listing, query: { readonly limit: number; readonly cursor?: string | undefined }): Page {
    return {
      limit: query.limit,
      after: query.cursor === undefined ? null : this.open(query.cursor, listing),
    };
  }

  /** A list as it is answered, with `Link: rel="next"` where it goes on. */
  render(listing: Listing, items: readonly unknown[], next: Keyset | null): Rendered {
    if (next === null) return { status: 200, headers: {}, body: { items, nextCursor: null } };
    const nextCursor = this.seal(next, listing);
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(listing.query)) {
      if (value !== undefined && name !== 'cursor') parameters.set(name, String(value));
    }
    parameters.set('cursor', nextCursor);
    const headers = { link: `<${listing.path}?${parameters.toString()}>; rel="next"` };
    return { status: 200, headers, body: { items, nextCursor } };
  }

  private seal(keyset: Keyset, listing: Listing): string {
    const payload = Buffer.from(JSON.stringify([keyset.sort, keyset.id])).toString('base64url');
    return `${payload}.${this.sign(payload, listing)}`;
  }

  private open(cursor: string, listing: Listing): Keyset {
    const [payload = '', signature = '', ...more] = cursor.split('.');
    const expected = Buffer.from(this.sign(payload, listing));
    const given = Buffer.from(signature);
    const isOurs = more.length === 0 && given.length === expected.length && timingSafeEqual(given, expected);
    if (!isOurs) throw notForThisList();
    const [sort, id] = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as [string, string];
    return { sort, id };
  }

  private sign(payload: string, { caller, path, query }: Listing): string {
    const { cursor: _cursor, limit: _limit, ...filter } = query;
    const bound = canonicalize({ path, filter, tenant: caller.tenantId, person: caller.objectId }) ?? '';
    const digest = createHash('sha256').update(bound).digest('base64url');
    return createHmac('sha256', this.key).update(`${payload}.${digest}`).digest('base64url');
  }
}

function notForThisList(): InvalidInput {
  const code = 'cursor-invalid';
  const message = 'This cursor was not made for this list. Begin again without one.';
  return new InvalidInput('query', [{ pointer: '/cursor', code, message }], code);
}
