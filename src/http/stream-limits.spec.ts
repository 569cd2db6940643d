import type { Caller } from '../domain/access/actor.js';
import { Overload } from './problems/overload.js';
import { StreamLimits } from './stream-limits.js';

const caller = (tenantId: string, objectId: string, tenantKind: Caller['tenantKind'] = 'customer'): Caller =>
  ({ kind: 'caller', tenantId, objectId, tenantKind, roles: [] }) as unknown as Caller;
const limits = (differs: Partial<ConstructorParameters<typeof StreamLimits>[0]> = {}) =>
  new StreamLimits({
    streams: 10,
    streamsOfTenant: 4,
    streamsOfPrincipal: 2,
    streamsForStaff: 3,
    ...differs,
  });
const codeOf = (enter: () => unknown): string => {
  try {
    enter();
  } catch (error) {
    return error instanceof Overload ? error.code : 'something else';
  }
  return 'taken';
};

describe('places for event streams (I16)', () => {
  it('are shared between the people of a tenant, and between tenants', () => {
    const places = limits();
    const enter = (tenant: string, who: string) => codeOf(() => places.enter(caller(tenant, who)));
    expect(['a', 'a', 'a'].map((who) => enter('one', who))).toEqual(['taken', 'taken', 'too-many-streams']);
    expect(['b', 'b', 'c'].map((who) => enter('one', who))).toEqual(['taken', 'taken', 'too-many-streams']);
    expect(enter('two', 'a')).toBe('taken');
  });

  it('are kept for staff where customers have taken all others', () => {
    const places = limits({ streamsOfTenant: 0, streamsOfPrincipal: 0 });
    const customer = () => codeOf(() => places.enter(caller('one', 'a')));
    const staff = () => codeOf(() => places.enter(caller('platform', 'r', 'platform')));
    expect(Array.from({ length: 8 }, customer).filter((code) => code === 'taken')).toHaveLength(7);
    expect(Array.from({ length: 4 }, staff)).toEqual([
      ...Array<string>(3).fill('taken'),
      'streams-exhausted',
    ]);
  });

  it('of which more are kept than there are: half of them are', () => {
    const places = limits({ streams: 5, streamsForStaff: 200 });
    const taken = Array.from({ length: 5 }, (_, at) =>
      codeOf(() => places.enter(caller(`tenant ${String(at)}`, 'a'))),
    );
    expect(taken.filter((code) => code === 'taken')).toHaveLength(3);
  });

  it('are free again when a stream has ended, once', () => {
    const places = limits({ streamsOfPrincipal: 1 });
    const leave = places.enter(caller('one', 'a'));
    expect(codeOf(() => places.enter(caller('one', 'a')))).toBe('too-many-streams');
    leave();
    leave();
    expect(codeOf(() => places.enter(caller('one', 'a')))).toBe('taken');
    expect(codeOf(() => places.enter(caller('one', 'a')))).toBe('too-many-streams');
  });

  it('are without end where no limit is set', () => {
    const places = limits({ streams: 0, streamsOfTenant: 0, streamsOfPrincipal: 0 });
    expect(codeOf(() => Array.from({ length: 1_000 }, () => places.enter(caller('one', 'a'))))).toBe('taken');
  });
});
