import { Cursors } from './cursor.js';
import type { Caller } from '../domain/access/actor.js';

const caller: Caller = {
  kind: 'caller',
  tenantKind: 'customer',
  tenantId: 't1',
  objectId: 'o1',
  roles: ['Requester'],
  appOnly: false,
};
const cursors = new Cursors(Buffer.alloc(32, 1));
const listing = { caller, path: '/v1/things', query: { state: 'checking', limit: 2, sort: 'due' } };
const keyset = { sort: '2026-03-01T12:00:00.000Z', id: '0c000000-0000-4000-8000-000000000001' };

function cursorOf(): string {
  const { body } = cursors.render(listing, ['one'], keyset);
  return (body as { readonly nextCursor: string }).nextCursor;
}

describe('a cursor', () => {
  it('leads on where the page ended, with another limit too', () => {
    const query = { ...listing.query, limit: 50, cursor: cursorOf() };
    expect(cursors.pageOf({ ...listing, query }, query)).toEqual({ limit: 50, after: keyset });
  });

  it('is in Link, with the filter that it belongs to', () => {
    const { headers } = cursors.render(listing, ['one'], keyset);
    expect(headers.link).toBe(
      `</v1/things?state=checking&limit=2&sort=due&cursor=${cursorOf()}>; rel="next"`,
    );
    expect(cursors.render(listing, [], null)).toEqual({
      status: 200,
      headers: {},
      body: { items: [], nextCursor: null },
    });
  });

  it.each<[what: string, differs: Partial<typeof listing>]>([
    ['route', { path: '/v1/others' }],
    ['filter', { query: { ...listing.query, state: 'denied' } }],
    ['sort', { query: { ...listing.query, sort: 'newest' } }],
    ['person', { caller: { ...caller, objectId: 'o2' } }],
    ['tenant', { caller: { ...caller, tenantId: 't2' } }],
  ])('is bound to its %s', (_what, differs) => {
    const query = { limit: 2, cursor: cursorOf() };
    expect(() => cursors.pageOf({ ...listing, ...differs }, query)).toThrow('cursor-invalid');
  });

  it('is refused when it was changed, or is none', () => {
    for (const cursor of [`${cursorOf()}x`, `x${cursorOf()}`, `${cursorOf()}.x`, '', '.', 'nonsense'])
      expect(() => cursors.pageOf(listing, { limit: 2, cursor })).toThrow('cursor-invalid');
    const another = new Cursors(Buffer.alloc(32, 2));
    expect(() => another.pageOf(listing, { limit: 2, cursor: cursorOf() })).toThrow('cursor-invalid');
  });
});
