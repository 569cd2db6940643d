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
  return issues.slice(0, 50).flatMap((issue): readonly FieldError[] => {
    const at = issue.path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        pointer: `/${[...at, key].join('/')}`,
        code: where === 'query' ? 'unknown-parameter' : 'unknown-field',
        message: `There is no "${key.slice(0, 100)}" here. Remove it, or check its spelling.`,
      }));
    }
    const pointer = at.length === 0 ? '' : `/${at.join('/')}`;
    return [{ pointer, code: codeOf(issue, pointer), message: issue.message }];
  });
}

function codeOf(issue: z.core.$ZodIssue, pointer: string): string {
  if (pointer === '/justification') return 'justification-missing';
  if (issue.code === 'custom' && typeof issue.params?.code === 'string') return issue.params.code;
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'required';
  return issue.code.replaceAll('_', '-');
}
