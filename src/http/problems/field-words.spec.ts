import { z } from 'zod';
import { fieldWords } from './field-words.js';
import { invalidFields } from './invalid-input.js';

const told = (schema: z.ZodType, value: unknown) => {
  const result = schema.safeParse(value, { reportInput: true, error: fieldWords });
  return result.success ? [] : invalidFields(result.error.issues, 'body').map(({ message }) => message);
};

test.each<[schema: z.ZodType, value: unknown, words: string]>([
  [z.string(), undefined, 'Give this: it is required.'],
  [z.string(), 7, 'Give a text.'],
  [z.number(), 'seven', 'Give a number.'],
  [z.coerce.number(), 'seven', 'Give a number.'],
  [z.number().int(), 1.5, 'Give a whole number.'],
  [z.boolean(), 'yes', 'Give true or false.'],
  [z.array(z.string()), {}, 'Give a list.'],
  [z.strictObject({}), [], 'Give an object.'],
  [z.string().min(1), '', 'Give a text that is not empty.'],
  [z.string().min(40), 'a', 'Give at least 40 characters.'],
  [z.string().max(1), 'ab', 'Give at most 1 character.'],
  [z.string().max(4_000), 'a'.repeat(4_001), 'Give at most 4,000 characters.'],
  [z.array(z.string()).min(1), [], 'Give at least 1 entry.'],
  [z.array(z.string()).max(2), ['a', 'b', 'c'], 'Give at most 2 entries.'],
  [z.number().min(1), 0, 'Give 1 or more.'],
  [z.number().max(1_000_000), 1_000_001, 'Give 1,000,000 or less.'],
  [z.number().gt(1), 1, 'Give more than 1.'],
  [z.number().lt(1), 1, 'Give less than 1.'],
  [z.enum(['on', 'off']), 'maybe', 'Give one of: on, off.'],
  [z.literal(true), false, 'Give true.'],
  [z.string().regex(/^a$/), 'b', 'Write this in the form that is described for it.'],
  [z.string().regex(/^a$/, 'Give an a.'), 'b', 'Give an a.'],
  [z.union([z.string(), z.number()]), true, 'Give one of the forms that are described for this.'],
])('%#: what is wrong is told in a sentence of our own', (schema, value, words) => {
  expect(told(schema, value)).toEqual([words]);
});
