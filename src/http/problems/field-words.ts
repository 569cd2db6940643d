import type { z } from 'zod';

/** The sentence that a bad field is answered with where its schema has none of its own: what to give instead. */
export function fieldWords(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) return 'Give this: it is required.';
  switch (issue.code) {
    case 'invalid_type':
      return typeWords[issue.expected] ?? 'Give another kind of value.';
    case 'too_small':
      return smallWords(issue);
    case 'too_big':
      return bigWords(issue);
    case 'invalid_value':
      return valueWords(issue.values);
    case 'not_multiple_of':
      return `Give a multiple of ${String(issue.divisor)}.`;
    case 'unrecognized_keys':
      return 'Remove what is not known here.';
    case 'invalid_union':
      return 'Give one of the forms that are described for this.';
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return 'Write this in the form that is described for it.';
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'Give a text.',
  number: 'Give a number.',
  int: 'Give a whole number.',
  boolean: 'Give true or false.',
  array: 'Give a list.',
  object: 'Give an object.',
  record: 'Give an object.',
  null: 'Give null.',
  nan: 'Give a number.',
  date: 'Give a date.',
};

type Bound<C> = Extract<z.core.$ZodRawIssue, { readonly code: C }>;

function smallWords({ origin, minimum, inclusive }: Bound<'too_small'>): string {
  const least = Number(minimum);
  if (origin === 'string')
    return least === 1 ? 'Give a text that is not empty.' : `Give at least ${counted(least, 'character')}.`;
  if (origin === 'array' || origin === 'set') return `Give at least ${counted(least, 'entry')}.`;
  return inclusive === false ? `Give more than ${grouped(least)}.` : `Give ${grouped(least)} or more.`;
}

function bigWords({ origin, maximum, inclusive }: Bound<'too_big'>): string {
  const most = Number(maximum);
  if (origin === 'string') return `Give at most ${counted(most, 'character')}.`;
  if (origin === 'array' || origin === 'set') return `Give at most ${counted(most, 'entry')}.`;
  return inclusive === false ? `Give less than ${grouped(most)}.` : `Give ${grouped(most)} or less.`;
}

function valueWords(values: readonly z.core.util.Primitive[]): string {
  const known = values.map(String);
  return known.length === 1 ? `Give ${known.join('')}.` : `Give one of: ${known.join(', ')}.`;
}

const plurals = { character: 'characters', entry: 'entries' } as const;

function counted(count: number, thing: keyof typeof plurals): string {
  return `${grouped(count)} ${count === 1 ? thing : plurals[thing]}`;
}

const grouped = (count: number): string => count.toLocaleString('en-US');
