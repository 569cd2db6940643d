import { lineDigest, toMicroseconds, type CommittedLine } from './canonical-line.js';

const line: CommittedLine = {
  aggregate: 'request',
  aggregateId: '10000000-0000-4000-8000-000000000001',
  version: 1,
  tenantId: '10000000-0000-4000-8000-000000000002',
  from: null,
  to: 'checking',
  event: { type: 'submitted', by: { objectId: 'somebody', tenantId: 'somewhere' }, checks: [{ name: 'a' }] },
  at: '2026-03-01T12:00:00.000000Z',
  by: { kind: 'customer', tenantId: 'somewhere', objectId: 'somebody', name: null },
};

describe('what an audit entry commits to of a line of history (I9)', () => {
  it('is the same however its fields are ordered, and whoever was erased from it (I15)', () => {
    const { by, event, ...rest } = line;
    const erased = { ...(by as object), objectId: null };
    expect(lineDigest({ by: erased, event, ...rest })).toBe(lineDigest(line));
    expect(lineDigest({ ...line, event: { ...(event as object), by: { tenantId: 'somewhere' } } })).toBe(
      lineDigest(line),
    );
  });

  it.each(Object.keys(line))('is another one when its %s is changed', (field) => {
    expect(lineDigest({ ...line, [field]: 'x' })).not.toBe(lineDigest(line));
  });

  it('is another one when a part of its event is changed', () => {
    expect(lineDigest({ ...line, event: { ...(line.event as object), checks: [{ name: 'b' }] } })).not.toBe(
      lineDigest(line),
    );
  });

  it('has its instant to the microsecond, as the database keeps it', () => {
    expect(toMicroseconds('2026-03-01T12:00:00Z')).toBe('2026-03-01T12:00:00.000000Z');
  });
});
