import { conflict, conflicts, notFound, nothingThere, policyRefuses, RefusedError } from './refusals.js';

const reason = { code: 'offer-open', message: 'm', nextStep: 'n' } as const;

test('absent and out of scope are one and the same', () => {
  expect(notFound().refusals).toEqual([nothingThere]);
  expect(notFound().refusals).toEqual(notFound().refusals);
});

test('a refusal carries all reasons and its kind', () => {
  const error = policyRefuses([reason, { ...reason, code: 'cooling-down' }]);
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ kind: 'policy', message: 'offer-open, cooling-down' });
  expect(conflicts([reason]).kind).toBe('conflict');
  expect(conflict('claimed', 'm', 'n').refusals).toHaveLength(1);
});

test('a refusal without a reason is a defect', () => {
  expect(() => policyRefuses([])).toThrow('at least one reason');
});
