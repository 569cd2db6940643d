import type { z } from 'zod';

/** One bad field: where it is (JSON Pointer), what kind of bad, and what it should be. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/** A question that is malformed: 400 with every bad field at once. */
export class InvalidInput extends Error {
  constructor(
    readonly where: 'path' | 'query' | 'body' | 'header',
    readonly fields: readonly FieldError[],
    /** The problem's own code, where the one mistake has a name. */
    readonly code: string = `invalid-${where}`,
  ) {
    super(code);
    this.name = 'InvalidInput';
  }
}

/** The issues of a schema as field errors; an unknown field names itself. */
export function invalidFields(issues: readonly z.core.$ZodIssue[], where: string): readonly FieldError[] {
  return issues.slice(0, 50).flatMap((issue) => fieldErrorsOf(issue, [], where));
}

type Path = readonly PropertyKey[];

function fieldErrorsOf(issue: z.core.$ZodIssue, outer: Path, where: string): readonly FieldError[] {
  const path = [...outer, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...path, key]),
      code: where === 'query' ? 'unknown-parameter' : 'unknown-field',
      message: `There is no "${key.slice(0, 100)}" here. Remove it, or check its spelling.`,
    }));
  }
  if (issue.code === 'invalid_union') {
    const meant = shapeThatWasMeant(issue);
    if (meant !== null) return meant.flatMap((inner) => fieldErrorsOf(inner, path, where));
  }
  const pointer = pointerOf(path);
  return [{ pointer, code: codeOf(issue, pointer), message: issue.message }];
}

function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * Where one of several shapes may be given: the one that was meant is the one that complains of its inside only, and of
 * the least. Null where none is, or two are as near.
 */
function shapeThatWasMeant(issue: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | null {
  const isInside = ({ code, path }: z.core.$ZodIssue) => path.length > 0 || code === 'unrecognized_keys';
  const complaints = (issues: readonly z.core.$ZodIssue[]) =>
    issues.reduce((sum, inner) => sum + (inner.code === 'unrecognized_keys' ? inner.keys.length : 1), 0);
  const [nearest, next] = issue.errors
    .filter((issues) => issues.length > 0 && issues.every(isInside))
    .toSorted((a, b) => complaints(a) - complaints(b));
  if (nearest === undefined || nothingGiven(issue.input)) return null;
  return next !== undefined && complaints(next) === complaints(nearest) ? null : nearest;
}

function nothingGiven(input: unknown): boolean {
  return typeof input === 'object' && input !== null && Object.keys(input).length === 0;
}

function codeOf(issue: z.core.$ZodIssue, pointer: string): string {
  // What is too long is there: only what is absent, or too short to say anything, is missing.
  const isMissing = issue.input === undefined || issue.code === 'too_small';
  if (pointer.endsWith('/justification') && isMissing) return 'justification-missing';
  if (issue.code === 'custom' && typeof issue.params?.code === 'string') return issue.params.code;
  if ('input' in issue && issue.input === undefined) return 'required';
  return issue.code.replaceAll('_', '-');
}
